import { Button, Fieldset, Stack } from "@mantine/core";
import { IconRestore } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface Props {
  title: string;
  /** Nothing in the group differs from its default. */
  untouched: boolean;
  disabled: boolean;
  onReset(): void;
  children: ReactNode;
}

/** Settings that belong together, with one button that takes them all back to their defaults. */
export function Group({ title, untouched, disabled, onReset, children }: Props) {
  return (
    <Fieldset legend={title}>
      <Stack gap="md">
        {children}
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          style={{ alignSelf: "end" }}
          leftSection={<IconRestore size={16} />}
          disabled={untouched || disabled}
          onClick={onReset}
          aria-label={`Reset ${title.toLowerCase()} to its defaults`}
        >
          Reset
        </Button>
      </Stack>
    </Fieldset>
  );
}
