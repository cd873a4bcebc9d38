import { Angle } from "./Angle";

interface Props {
  value: number;
  disabled: boolean;
  error: string | null;
  onChange(value: number): void;
  onDone(): void;
}

/** The roll of the picture. */
export function Roll(props: Props) {
  return (
    <Angle
      label="Roll"
      description="Turns the picture about the optical axis, in all views. Compare straight edges with the level grid."
      min={-180}
      max={180}
      marks={[-180, -90, 0, 90, 180]}
      {...props}
    />
  );
}
