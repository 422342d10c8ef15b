import { lazy, Suspense } from 'react';
import { Navigate, Route, Routes, useParams } from 'react-router';
import { isEngineer, isHospital, useSession } from '../session/SessionContext';
import { Shell } from '../shell/Shell';
import { Skeleton } from '../ui/Skeleton';

const OverviewScreen = lazy(() => import('../overview/OverviewScreen'));
const FloorScreen = lazy(() => import('../floor/FloorScreen'));
const AlarmsScreen = lazy(() => import('../alarms/AlarmsScreen'));
const BagsScreen = lazy(() => import('../bags/BagsScreen'));
const BagScreen = lazy(() => import('../bags/BagScreen'));
const OrdersScreen = lazy(() => import('../orders/OrdersScreen'));
const OrderScreen = lazy(() => import('../orders/OrderScreen'));
const OrderFormScreen = lazy(() => import('../orders/OrderFormScreen'));
const ShipmentsScreen = lazy(() => import('../orders/ShipmentsScreen'));
const TasksScreen = lazy(() => import('../tasks/TasksScreen'));
const IntakeScreen = lazy(() => import('../intake/IntakeScreen'));
const PreparationScreen = lazy(() => import('../preparation/PreparationScreen'));
const PickingScreen = lazy(() => import('../picking/PickingScreen'));
const ScanScreen = lazy(() => import('../scan/ScanScreen'));
const CountScreen = lazy(() => import('../count/CountScreen'));
const RoadScreen = lazy(() => import('../shipments/RoadScreen'));
const ReleaseScreen = lazy(() => import('../release/ReleaseScreen'));
const LaboratoryScreen = lazy(() => import('../laboratory/LaboratoryScreen'));
const DonorsScreen = lazy(() => import('../donors/DonorsScreen'));
const RegistriesScreen = lazy(() => import('../registries/RegistriesScreen'));
const CatalogueScreen = lazy(() => import('../catalogue/CatalogueScreen'));
const HoldsScreen = lazy(() => import('../holds/HoldsScreen'));
const DiscardsScreen = lazy(() => import('../discards/DiscardsScreen'));
const OperationsScreen = lazy(() => import('../operations/OperationsScreen'));
const ReturnsScreen = lazy(() => import('../returns/ReturnsScreen'));
const CustodyScreen = lazy(() => import('../custody/CustodyScreen'));
const RecallsScreen = lazy(() => import('../recall/RecallsScreen'));
const NewRecallScreen = lazy(() => import('../recall/NewRecallScreen'));
const RecallScreen = lazy(() => import('../recall/RecallScreen'));
const RecallNoticesScreen = lazy(() => import('../recall/RecallNoticesScreen'));
const ProvinceScreen = lazy(() => import('../province/ProvinceScreen'));
const PassportScreen = lazy(() => import('../passport/PassportScreen'));
const DispositionsScreen = lazy(() => import('../dispositions/DispositionsScreen'));
const StoresScreen = lazy(() => import('../cold/StoresScreen'));
const UnitScreen = lazy(() => import('../cold/UnitScreen'));
const CompletenessScreen = lazy(() => import('../completeness/CompletenessScreen'));
const CalibrationsScreen = lazy(() => import('../calibrations/CalibrationsScreen'));
const LimitsScreen = lazy(() => import('../limits/LimitsScreen'));
const LoggersScreen = lazy(() => import('../loggers/LoggersScreen'));
const DutiesScreen = lazy(() => import('../duties/DutiesScreen'));
const NoticesScreen = lazy(() => import('../notices/NoticesScreen'));
const AlarmHealthScreen = lazy(() => import('../alarm-health/AlarmHealthScreen'));
const WallScreen = lazy(() => import('../wall/WallScreen'));
const HealthScreen = lazy(() => import('../health/HealthScreen'));

/** Which screens a person has; an address outside them leads to the first one. */
export function Screens() {
  const { session } = useSession();
  const hospital = isHospital(session);
  return (
    <Routes>
      {!hospital && <Route path="wall" element={<Suspense fallback={<Skeleton rows={12} />}><WallScreen /></Suspense>} />}
      <Route element={<Shell />}>
        <Route path="orders" element={<OrdersScreen />} />
        <Route path="orders/new" element={<OrderFormScreen />} />
        <Route path="orders/:id" element={<OrderScreen />} />
        <Route path="returns" element={<ReturnsScreen />} />
        <Route path="shipments" element={hospital ? <ShipmentsScreen /> : <RoadScreen />} />
        <Route path="passport/:bag" element={<PassportScreen />} />
        {hospital && <Route path="custody" element={<CustodyScreen />} />}
        {!hospital && (
          <>
            <Route index element={<OverviewScreen />} />
            <Route path="floor" element={<FloorScreen />} />
            <Route path="alarms" element={<AlarmsScreen />} />
            <Route path="alarms/:id" element={<LinkedAlarm />} />
            <Route path="notices" element={<NoticesScreen />} />
            <Route path="alarm-health" element={<AlarmHealthScreen />} />
            <Route path="cold-chain" element={<StoresScreen />} />
            <Route path="cold-chain/:device" element={<UnitScreen />} />
            <Route path="dispositions" element={<DispositionsScreen />} />
            <Route path="completeness" element={<CompletenessScreen />} />
            <Route path="calibrations" element={<CalibrationsScreen />} />
            <Route path="limits" element={<LimitsScreen />} />
            <Route path="loggers" element={<LoggersScreen />} />
            <Route path="duties" element={<DutiesScreen />} />
            <Route path="province" element={<ProvinceScreen />} />
            <Route path="bags" element={<BagsScreen />} />
            <Route path="bags/:id" element={<BagScreen />} />
            <Route path="intake" element={<IntakeScreen />} />
            <Route path="preparation" element={<PreparationScreen />} />
            <Route path="tasks" element={<TasksScreen />} />
            <Route path="picking" element={<PickingScreen />} />
            <Route path="counts" element={<CountScreen />} />
            <Route path="scan" element={<ScanScreen />} />
            <Route path="operations" element={<OperationsScreen />} />
            <Route path="laboratory" element={<LaboratoryScreen />} />
            <Route path="donor-checks" element={<DonorsScreen />} />
            <Route path="registries" element={<RegistriesScreen />} />
            <Route path="components" element={<CatalogueScreen />} />
            <Route path="release" element={<ReleaseScreen />} />
            <Route path="holds" element={<HoldsScreen />} />
            <Route path="discards" element={<DiscardsScreen />} />
            <Route path="recalls" element={<RecallsScreen />} />
            <Route path="recalls/new" element={<NewRecallScreen />} />
            <Route path="recalls/:id" element={<RecallScreen />} />
          </>
        )}
        {hospital && <Route path="recall-notices" element={<RecallNoticesScreen />} />}
        {isEngineer(session) && <Route path="health" element={<HealthScreen />} />}
        <Route path="*" element={<Navigate to={hospital ? '/orders' : '/'} replace />} />
      </Route>
    </Routes>
  );
}

/** The address of an alarm as messages carry it. */
function LinkedAlarm() {
  const { id = '' } = useParams();
  return <Navigate to={`/alarms?id=${encodeURIComponent(id)}`} replace />;
}
