import type { ChartColors } from './baseOption';

const PITCH_PX = 7;
const LINE_PX = 1.5;

/** Fill that says "nothing was measured here": lines at 135°, as in the tokens. */
export function hatch(colors: ChartColors) {
  const tile = document.createElement('canvas');
  tile.width = PITCH_PX;
  tile.height = PITCH_PX;
  const pen = tile.getContext('2d');
  if (pen) {
    pen.fillStyle = colors.surface;
    pen.fillRect(0, 0, PITCH_PX, PITCH_PX);
    pen.strokeStyle = colors.stale;
    pen.lineWidth = LINE_PX;
    pen.beginPath();
    for (const shift of [-PITCH_PX, 0, PITCH_PX]) {
      pen.moveTo(shift, 0);
      pen.lineTo(shift + PITCH_PX, PITCH_PX);
    }
    pen.stroke();
  }
  return { image: tile, repeat: 'repeat' as const };
}
