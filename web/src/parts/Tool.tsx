import { ActionIcon, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  label: string;
  icon: ReactNode;
  onClick(): void;
  /** Given for tools that are on or off. */
  active?: boolean;
  loading?: boolean;
}

/** A button with an icon and its name as a tooltip. */
export function Tool({ label, icon, onClick, active, loading = false }: Props) {
  return (
    <Tooltip label={label} openDelay={300}>
      <ActionIcon variant={active ? "filled" : "default"} size={36} aria-label={label} aria-pressed={active} loading={loading} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
