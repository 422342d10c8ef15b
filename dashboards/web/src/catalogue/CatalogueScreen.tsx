import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queries } from '../api/queries';
import type { PlantView } from '../api/types';
import { useText } from '../i18n/text';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { Unconfirmed } from '../ui/Unconfirmed';
import { useRowKeys } from '../ui/useRowKeys';
import { ComponentCard } from './ComponentCard';
import { lifeText, rangeText, unconfirmedIn } from './figures';

/** The component catalogue of the site's profile: every figure with who says so, and whether the site has to confirm it. */
export default function CatalogueScreen() {
  const { t, pick } = useText();
  const plant = useQuery(queries.plant());
  const [chosen, setChosen] = useState<string | null>(null);
  const components = plant.data?.components ?? [];
  const inHand = components.find(({ key }) => key === chosen) ?? components[0];
  const catalogue = plant.data?.catalogue;
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('catalogue.title')}</h1>
        {catalogue && <span className="muted">{t('catalogue.profile', { profile: catalogue.profile, version: catalogue.version })} · {pick(catalogue.compatibility_en, catalogue.compatibility_zh)} <Unconfirmed status={catalogue.status} source={catalogue.source} /></span>}
      </div>
      <Split label={t('desk.inHand')} side={inHand === undefined ? null : <ComponentCard component={inHand} />}>
        <div className="table-scroll">
          <Loaded query={plant} rows={10}>{(data) => <ComponentTable components={data.components} inHand={inHand?.key ?? null} onChoose={setChosen} />}</Loaded>
        </div>
      </Split>
    </div>
  );
}

interface TableProps {
  components: PlantView['components'];
  inHand: string | null;
  onChoose: (key: string) => void;
}

function ComponentTable({ components, inHand, onChoose }: TableProps) {
  const { t, name } = useText();
  const onKeyDown = useRowKeys();
  return (
    <table className="list">
      <thead>
        <tr>
          <th>{t('desk.component')}</th>
          <th>{t('catalogue.storage')}</th>
          <th>{t('catalogue.shelfLife')}</th>
          <th className="number">{t('catalogue.toConfirm')}</th>
        </tr>
      </thead>
      <tbody onKeyDown={onKeyDown}>
        {components.map((component) => {
          const usual = component.shelf_life.find((life) => life.usual) ?? component.shelf_life[0];
          const open = unconfirmedIn(component);
          return (
            <tr key={component.key} className={`can-open ${component.key === inHand ? 'in-hand' : ''}`} tabIndex={0} data-row data-testid="component-row" data-component={component.key} onClick={() => onChoose(component.key)}>
              <td>{name(component)}<span className="caption mono">{component.key}</span></td>
              <td className="nowrap">{rangeText(component.storage) ?? t('state.unknown')}</td>
              <td className="nowrap">{usual === undefined ? <span className="muted">{t('state.none')}</span> : lifeText(t, usual.hours)}</td>
              <td className="number">{open === 0 ? <span className="muted">0</span> : <b className="warning">◆ {open}</b>}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
