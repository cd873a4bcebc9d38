import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconChevronUp, IconHome, IconMinus, IconPlus } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";

import type { Axis } from "../api";
import styles from "./LiveView.module.css";

const HELD_MS = 350;

interface Props {
  /** One step of a key. */
  steer(key: string): void;
  /** Keep moving as a key says; null stops. */
  drive(key: string | null): void;
  /** Axes that hands do not move: their buttons are disabled, and say why. */
  held: readonly Axis[];
  why: string;
}

/** Buttons over the picture that turn and zoom: a step for a press, and smooth movement for as long as they are held. */
export function PtzPad({ steer, drive, held, why }: Props) {
  const timer = useRef(0);
  const driving = useRef(false);
  const latest = useRef({ steer, drive });
  latest.current = { steer, drive };
  const stop = () => {
    window.clearTimeout(timer.current);
    if (driving.current) latest.current.drive(null);
    driving.current = false;
  };
  useEffect(() => stop, []);

  const press = (name: string) => {
    latest.current.steer(name);
    if (name === "Home") return;
    timer.current = window.setTimeout(() => {
      driving.current = true;
      latest.current.drive(name);
    }, HELD_MS);
  };

  const button = (name: string, label: string, icon: ReactNode, column: number, row: number, axis?: Axis) => (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      disabled={axis !== undefined && held.includes(axis)}
      title={axis !== undefined && held.includes(axis) ? why : undefined}
      style={{ gridColumn: column, gridRow: row }}
      onPointerDown={(event) => event.button === 0 && press(name)}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onClick={(event) => event.detail === 0 && latest.current.steer(name)} // a click by keyboard; the pointer has been served above
      onContextMenu={(event) => event.preventDefault()}
    >
      {icon}
    </ActionIcon>
  );

  return (
    <div className={`${styles["glass"]} ${styles["pad"]}`} role="group" aria-label="Pan, tilt and zoom">
      {button("ArrowUp", "Tilt up", <IconChevronUp />, 2, 1, "tilt")}
      {button("ArrowLeft", "Pan left", <IconChevronLeft />, 1, 2, "pan")}
      {button("Home", "Home position", <IconHome size={20} />, 2, 2)}
      {button("ArrowRight", "Pan right", <IconChevronRight />, 3, 2, "pan")}
      {button("ArrowDown", "Tilt down", <IconChevronDown />, 2, 3, "tilt")}
      {button("+", "Zoom in", <IconPlus size={20} />, 5, 1, "zoom")}
      {button("-", "Zoom out", <IconMinus size={20} />, 5, 3, "zoom")}
    </div>
  );
}
