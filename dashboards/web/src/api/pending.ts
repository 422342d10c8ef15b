import type { BagSummary, BloodGroup } from './types';

export type HoldScope = 'bag' | 'donation' | 'place' | 'batch';
export interface HoldView { id: string; scope: HoldScope; subject: string; reason: string; opened_at: string; opened_by: string; lifted_at: string | null; lifted_by: string | null; lift_reason: string | null; origin: string | null; bags: number }
export interface HoldDetail extends HoldView { bag_list: BagSummary[] }
export interface Reason { code: string; detail: string }
export interface DiscardCause { key: string; kind: string; name_en: string; name_zh: string; source: string; status: string }
export interface RefusedDiscard { bag: string; reasons: Reason[] }
export interface DiscardCheck { discardable: string[]; freed: RefusedDiscard[]; refused: RefusedDiscard[] }
export interface DiscardOutcome { id: string; discarded: string[] }
export interface Discard { id: string; bag: string; component: string; group: BloodGroup | null; cause: string; kind: string; comment: string; at: string; by: string; month: string; hospital: string | null; from_place: string | null }
export interface IndicatorRow { key: string; name_en: string; name_zh: string; made: number; used: number; discarded: number; outdated: number; discard_rate: number | null }
export interface IndicatorDefinition { key: string; text_en: string; text_zh: string; source: string; status: string }
export interface Indicators { from_at: string; to_at: string; hospital: string | null; total: IndicatorRow; by_cause: IndicatorRow[]; by_component: IndicatorRow[]; by_month: IndicatorRow[]; by_hospital: IndicatorRow[]; definitions: IndicatorDefinition[] }
export interface MeasureLimit { name: string; name_en: string; name_zh: string; unit: string; min: number | null; max: number | null }
export interface HandOperation { operation: string; inputs: string[]; output: string | null; also: string[]; min_parents: number; max_parents: number; max_age_h: number | null; expiry: string; expiry_limit_h: number | null; by_hand: boolean; approval: boolean; volumes: number | null; measures: MeasureLimit[]; source: string; status: string }
export interface OperationOutcome { batch: string; children: string[]; held: string[] }
