import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Recall = Schemas['Recall'];
export type RecallBag = Schemas['RecallBag'];
export type RecallCounts = Schemas['RecallCounts'];
export type RecallHolder = Schemas['RecallHolder'];
export type RecallNotice = Schemas['RecallNotice'];
export type RecallPatient = Schemas['RecallPatient'];
export type RecallReach = Schemas['RecallReach'];
export type RecallReason = Schemas['RecallReason'];
export type RecallReasons = Schemas['RecallReasons'];
export type RecallScope = Schemas['RecallScope'];
export type RecallScopeRequest = Schemas['RecallScopeRequest'];
export type RecallSummary = Schemas['RecallSummary'];
export type HospitalRecallNotice = Schemas['HospitalRecallNotice'];
export type Outcome = Schemas['Outcome'];
