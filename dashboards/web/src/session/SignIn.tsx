import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState, type SyntheticEvent } from 'react';
import { api, ApiError } from '../api/client';
import type { Session } from '../api/types';
import { usePreferences } from '../app/preferences';
import { useText } from '../i18n/text';
import { Logo } from '../shell/Logo';
import { Refusal } from '../ui/Refusal';
import './SignIn.css';

/** The only page without a session. */
export function SignIn({ onEnter }: { onEnter: (session: Session) => void }) {
  const { t } = useText();
  const { language, setLanguage } = usePreferences();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({
    mutationFn: () => api.post<Session>('/session', { username, password }),
    onSuccess: onEnter,
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  const wrong = signIn.error instanceof ApiError && signIn.error.status === 401;
  return (
    <main className="signin">
      <form className="signin-card" onSubmit={submit}>
        <div className="signin-head">
          <Logo />
          <button
            type="button"
            className="signin-language"
            data-testid="lang-switch"
            aria-label={t('bar.languageLabel')}
            onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
          >
            {t('bar.language')}
          </button>
        </div>
        <p className="label">{t('session.what')}</p>
        <h1>{t('session.title')}</h1>
        <label className="signin-field">
          <span>{t('session.username')}</span>
          <Input
            size="large"
            autoFocus
            autoComplete="username"
            data-testid="signin-username"
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        </label>
        <label className="signin-field">
          <span>{t('session.password')}</span>
          <Input
            size="large"
            type="password"
            autoComplete="current-password"
            data-testid="signin-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {wrong ? <p className="refusal" role="alert">▲ {t('session.refused')}</p> : <Refusal error={signIn.error} />}
        <Button
          type="primary"
          size="large"
          block
          htmlType="submit"
          data-testid="signin-submit"
          loading={signIn.isPending}
          disabled={username === '' || password === ''}
        >
          {t('session.submit')}
        </Button>
      </form>
    </main>
  );
}
