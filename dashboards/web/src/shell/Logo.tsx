import './Logo.css';

/** The mark is the idea: a value stands in its band. */
export function Logo() {
  return (
    <span className="logo">
      <svg width="26" height="20" viewBox="0 0 26 20" aria-hidden>
        <rect className="logo-rail" y="7" width="26" height="6" rx="1" />
        <rect className="logo-band" x="5" y="5" width="14" height="10" />
        <rect className="logo-marker" x="13" y="1" width="4" height="18" rx="1" />
      </svg>
      <b>HemoVault</b>
    </span>
  );
}
