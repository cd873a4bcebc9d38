import { Button, Group, Input, SegmentedControl } from "@mantine/core";
import { useState } from "react";

import { useCapabilities } from "../image/useCapabilities";
import { RestartDialog } from "./RestartDialog";

/** The mains frequency: picked, then saved with a restart of the picture. */
export function PowerLine({ hertz, disabled, error }: { hertz: number; disabled: boolean; error: string | null }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [opened, setOpened] = useState(false);
  const flicker = useCapabilities()("installation.power_line");
  const value = chosen ?? hertz;
  const close = () => {
    setOpened(false);
    setChosen(null);
  };
  return (
    <Input.Wrapper
      label="Power line frequency"
      description={`The mains frequency where the camera looks, against flicker.${flicker.supported ? "" : ` It does not change flicker now. ${flicker.reason}.`}`}
      error={error}
      labelElement="div"
    >
      <Group mt={6} gap="sm">
        <SegmentedControl
          aria-label="Power line frequency"
          disabled={disabled}
          data={[
            { value: "50", label: "50 Hz" },
            { value: "60", label: "60 Hz" },
          ]}
          value={String(value)}
          onChange={(next) => setChosen(Number(next))}
        />
        {value !== hertz && (
          <Button size="xs" variant="default" onClick={() => setOpened(true)}>
            Save and restart…
          </Button>
        )}
      </Group>
      <RestartDialog title="Change power line frequency" opened={opened} close={close} wish={value === hertz ? null : { power_line: value }}>
        The picture restarts at the frame rates that go with {value} Hz.
      </RestartDialog>
    </Input.Wrapper>
  );
}
