import type { PointerEvent } from "react";

/** Lies over the live picture while a white reference is wanted: a click or tap says where, Escape gives up. */
export function WhitePicker({ onPick, onCancel }: { onPick(x: number, y: number, aspect: number): void; onCancel(): void }) {
  const pick = (event: PointerEvent<HTMLButtonElement>) => {
    event.preventDefault();
    event.stopPropagation();
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const part = (at: number, size: number) => Math.min(1, Math.max(0, at / size));
    onPick(part(event.clientX - left, width), part(event.clientY - top, height), width / height);
  };
  return (
    <button
      type="button"
      autoFocus
      aria-label="Point at something grey or white in the picture; Enter takes its middle"
      data-testid="white-picker"
      style={{ position: "absolute", inset: 0, background: "none", border: "2px dashed #ffd43b", cursor: "crosshair", touchAction: "none" }}
      onPointerDown={(event) => event.stopPropagation()}
      onPointerUp={pick}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") onCancel();
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          const { width, height } = event.currentTarget.getBoundingClientRect();
          onPick(0.5, 0.5, width / height);
        }
      }}
    />
  );
}
