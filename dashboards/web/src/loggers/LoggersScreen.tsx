import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { Button } from 'antd';
import { coldQueries } from '../api/coldQueries';
import { useText } from '../i18n/text';
import { Empty } from '../ui/Empty';
import { Loaded } from '../ui/Loaded';
import { Split } from '../ui/Split';
import { LoggerHolds } from './LoggerHolds';
import { LoggerTable } from './LoggerTable';
import { TakeLogger } from './TakeLogger';
import './loggers.css';

/** Files of loggers that travelled with boxes: what was taken, and taking another. */
export default function LoggersScreen() {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const loggers = useQuery(coldQueries.loggers());
  const chosen = params.get('file');
  return (
    <div className="page">
      <div className="title-row">
        <h1>{t('loggers.title')}</h1>
        <span className="grow" />
        {chosen !== null && <Button data-testid="logger-new" onClick={() => setParams({}, { replace: true })}>{t('loggers.new')}</Button>}
      </div>
      <p className="caption">{t('loggers.rule')}</p>
      <Split label={t('desk.inHand')} side={chosen === null ? <TakeLogger /> : <TakenFile key={chosen} id={chosen} />}>
        <div className="table-scroll">
          <Loaded query={loggers} rows={8}>
            {({ items }) => (items.length === 0 ? <Empty>{t('loggers.none')}</Empty> : <LoggerTable items={items} inHand={chosen} onChoose={(file) => setParams({ file }, { replace: true })} />)}
          </Loaded>
        </div>
      </Split>
    </div>
  );
}

function TakenFile({ id }: { id: string }) {
  const file = useQuery(coldQueries.logger(id));
  return (
    <Loaded query={file} rows={8}>
      {({ record, preview }) => (
        <div className="card" data-testid="logger-file">
          <h2 className="ellipsis" title={record.name}>{record.name}</h2>
          <LoggerHolds preview={preview} hasBox={record.box !== null} />
        </div>
      )}
    </Loaded>
  );
}
