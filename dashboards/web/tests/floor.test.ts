import { describe, expect, test } from 'vitest';
import { along, boxOf, layoutOf, way } from '../src/floor/geometry';
import { plant } from './known/plant';

const drawn = plant.places.map((place) => ({
  ...place,
  area: place.path === 'cold-1' ? [0, 0, 10, 5] : place.path === 'dispatch/gate' ? [20, 10, 4, 4] : null,
}));

describe('the floor plan', () => {
  const layout = layoutOf(drawn, 520);
  test('fits its width at one scale for both directions', () => {
    expect(layout.boxes.get('cold-1')).toEqual({ left: 20, top: 20, width: 197, height: 97 });
    expect(layout.height).toBe(320);
  });
  test('draws a slot where its store is, and nothing for a place that is not on it', () => {
    expect(boxOf(layout, 'cold-1/s1/004')).toBe(layout.boxes.get('cold-1'));
    expect(boxOf(layout, 'hospital/city-first')).toBeNull();
  });
});

test('a bag rides along both arms of a corner at one speed', () => {
  const corner = way({ left: 0, top: 0, width: 0, height: 0 }, { left: 30, top: 10, width: 0, height: 0 });
  expect(corner).toHaveLength(3);
  expect(along(corner, 0.25)).toEqual({ x: 0, y: 10 });
  expect(along(corner, 1)).toEqual({ x: 30, y: 10 });
  expect(along(corner, 7)).toEqual({ x: 30, y: 10 });
});
