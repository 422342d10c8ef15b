import type { ThemeConfig } from 'antd';
import type { Theme } from '../app/preferences';
import { readToken } from './readTokens';

/** Ant Design bound to our tokens (ui.md, the table "Ant Design and ECharts"). Read again for each theme,
 * after the document has been given it. */
export function antdTheme(theme: Theme): ThemeConfig {
  const action = readToken('--action');
  const surface = readToken('--surface');
  return {
    cssVar: { key: `hemovault-${theme}` },
    hashed: false,
    token: {
      colorPrimary: action,
      colorLink: action,
      colorInfo: action,
      colorPrimaryHover: readToken('--action-hover'),
      colorTextLightSolid: readToken('--ink-inverse'),
      colorBgLayout: readToken('--canvas'),
      colorBgContainer: readToken('--raised'),
      colorBgElevated: readToken('--raised'),
      colorBgContainerDisabled: surface,
      colorText: readToken('--ink'),
      colorTextSecondary: readToken('--ink-2'),
      colorTextTertiary: readToken('--ink-3'),
      colorTextPlaceholder: readToken('--ink-3'),
      colorTextDisabled: readToken('--ink-3'),
      colorBorder: readToken('--line-strong'),
      colorBorderSecondary: readToken('--line'),
      colorSplit: readToken('--line'),
      colorError: readToken('--critical'),
      colorWarning: readToken('--warning'),
      colorSuccess: readToken('--ink-2'),
      controlItemBgActive: readToken('--select'),
      controlItemBgHover: readToken('--select'),
      controlOutlineWidth: 0,
      fontFamily: `'Latin punctuation', ${readToken('--font-ui')}`,
      fontSize: 14,
      fontSizeSM: 12,
      fontSizeLG: 16,
      borderRadius: 4,
      borderRadiusLG: 8,
      borderRadiusSM: 2,
      controlHeight: 32,
      controlHeightLG: 44,
      motionDurationFast: '0.12s',
      motionDurationMid: '0.24s',
      boxShadow: 'none',
      boxShadowSecondary: readToken('--shadow-2'),
      wireframe: false,
    },
    components: {
      Button: {
        borderRadiusLG: 4,
        primaryShadow: 'none',
        defaultShadow: 'none',
        fontWeight: 400,
        primaryColor: readToken('--ink-inverse'),
        defaultBg: 'transparent',
        defaultHoverBg: readToken('--select'),
        defaultHoverColor: readToken('--ink'),
        defaultHoverBorderColor: readToken('--line-strong'),
        defaultActiveColor: readToken('--ink'),
        defaultActiveBorderColor: readToken('--ink'),
        borderColorDisabled: readToken('--line'),
      },
      Input: { borderRadiusLG: 4 },
      InputNumber: { borderRadiusLG: 4 },
      Select: { borderRadiusLG: 4, optionSelectedBg: readToken('--select'), optionActiveBg: surface },
    },
  };
}
