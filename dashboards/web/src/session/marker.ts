const KEY = 'hemovault.signed-in';

/**
 * The session itself lives in a cookie no script can read. This marker only says whether asking for it is worthwhile,
 * so that the first look at the sign-in page does not begin with a refused request.
 */
export const sessionMarker = {
  isSet: () => localStorage.getItem(KEY) === 'yes',
  set: () => localStorage.setItem(KEY, 'yes'),
  clear: () => localStorage.removeItem(KEY),
};
