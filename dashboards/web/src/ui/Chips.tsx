interface Option<T> {
  value: T;
  label: string;
  count?: number;
}

interface Props<T> {
  label: string;
  name: string;
  options: readonly Option<T>[];
  value: T;
  onChange: (value: T) => void;
}

/** One choice of a few, as round buttons in a row, each with how many there are of it. */
export function Chips<T extends string>({ label, name, options, value, onChange }: Props<T>) {
  return (
    <div className="chips" role="group" aria-label={label}>
      {options.map((option) => (
        <button key={option.value} type="button" className="chip" data-testid={`${name}-${option.value}`} aria-pressed={option.value === value} onClick={() => onChange(option.value)}>
          {option.label}
          {option.count !== undefined && <b>{option.count}</b>}
        </button>
      ))}
    </div>
  );
}
