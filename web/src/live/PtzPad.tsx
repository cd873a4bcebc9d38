import { ActionIcon } from "@mantine/core";
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconChevronUp, IconHome, IconMinus, IconPlus } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";

import styles from "./LiveView.module.css";

const REPEAT_MS = 120;
const FIRST_REPEAT_MS = 350;

/** Buttons over the picture that turn and zoom; held down, they go on. */
export function PtzPad({ steer }: { steer(key: string): void }) {
  const timer = useRef(0);
  const latest = useRef(steer);
  latest.current = steer;
  const stop = () => window.clearTimeout(timer.current);
  useEffect(() => stop, []);

  const hold = (name: string, wait: number) => {
    latest.current(name);
    if (name !== "Home") timer.current = window.setTimeout(() => hold(name, REPEAT_MS), wait);
  };

  const button = (name: string, label: string, icon: ReactNode, column: number, row: number) => (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      style={{ gridColumn: column, gridRow: row }}
      onPointerDown={(event) => event.button === 0 && hold(name, FIRST_REPEAT_MS)}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onClick={(event) => event.detail === 0 && latest.current(name)} // a click by keyboard; the pointer has been served above
      onContextMenu={(event) => event.preventDefault()}
    >
      {icon}
    </ActionIcon>
  );

  return (
    <div className={`${styles["glass"]} ${styles["pad"]}`} role="group" aria-label="Pan, tilt and zoom">
      {button("ArrowUp", "Tilt up", <IconChevronUp />, 2, 1)}
      {button("ArrowLeft", "Pan left", <IconChevronLeft />, 1, 2)}
      {button("Home", "Home position", <IconHome size={20} />, 2, 2)}
      {button("ArrowRight", "Pan right", <IconChevronRight />, 3, 2)}
      {button("ArrowDown", "Tilt down", <IconChevronDown />, 2, 3)}
      {button("+", "Zoom in", <IconPlus size={20} />, 5, 1)}
      {button("-", "Zoom out", <IconMinus size={20} />, 5, 3)}
    </div>
  );
}
