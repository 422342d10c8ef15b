import { useMemo } from 'react';
import { code128 } from './code128';

/** A Code 128 symbol of `data`; black on white in both themes, as a scanner needs it. */
export function Barcode({ data, height, moduleWidth = 1 }: { data: string; height: number; moduleWidth?: number }) {
  const { bars, width } = useMemo(() => layout(data), [data]);
  return (
    <svg className="barcode" width={width * moduleWidth} height={height} viewBox={`0 0 ${width} 1`} preserveAspectRatio="none" role="img" aria-label={data} shapeRendering="crispEdges">
      {bars.map(([x, w]) => <rect key={x} x={x} y="0" width={w} height="1" />)}
    </svg>
  );
}

function layout(data: string): { bars: [number, number][]; width: number } {
  const bars: [number, number][] = [];
  let x = 0;
  code128(data).forEach((width, index) => {
    if (index % 2 === 0) bars.push([x, width]);
    x += width;
  });
  return { bars, width: x };
}
