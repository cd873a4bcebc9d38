import { Alert, Button, Group, Input, Modal, Select, Slider, Stack, Text } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { useState } from "react";

import type { Act } from "../drawn/useDrawn";
import { masks, type Privacy } from "./api";

const ABOUT: Record<string, string> = {
  mosaic: "A mosaic still shows that something moves, and roughly which colour it has.",
  chameleon: "Each mask takes on the colour around it, slowly. Nothing of what it hides is in that colour.",
};

/** How all masks look, and the switch that hides them. */
export function Look({ privacy, act }: { privacy: Privacy; act: Act }) {
  const [scale, setScale] = useState<number | null>(null);
  const [finest, coarsest] = privacy.limits.mosaic_scale;
  return (
    <Stack gap="sm">
      <Select
        label="Colour of all masks"
        description={ABOUT[privacy.color]}
        data={privacy.limits.colors.map((color) => ({ value: color, label: color.charAt(0).toUpperCase() + color.slice(1) }))}
        value={privacy.color}
        allowDeselect={false}
        onChange={(color) => color && void act(() => masks.look({ color }))}
      />
      {privacy.color === "mosaic" && (
        <Input.Wrapper label="Mosaic cell size" labelElement="div" pb="md">
          <Slider
            thumbLabel="Mosaic cell size"
            min={finest}
            max={coarsest}
            marks={[finest, coarsest].map((value) => ({ value, label: value === finest ? "small" : "large" }))}
            value={scale ?? privacy.mosaic_scale}
            onChange={setScale}
            onChangeEnd={(value) => void act(() => masks.look({ mosaic_scale: value })).then(() => setScale(null))}
          />
        </Input.Wrapper>
      )}
    </Stack>
  );
}

/** Hide all masks, for emergencies, after a question; while they are hidden, say so. */
export function HideAll({ privacy, act }: { privacy: Privacy; act: Act }) {
  const [asking, setAsking] = useState(false);
  const show = (enabled: boolean) => {
    setAsking(false);
    void act(() => masks.look({ enabled }));
  };
  if (!privacy.enabled)
    return (
      <Alert color="orange" title="All masks are hidden" icon={<IconEyeOff />}>
        <Group justify="space-between">
          Everything is seen, in every stream and recording.
          <Button size="xs" leftSection={<IconEye size={16} />} onClick={() => show(true)}>
            Show all masks
          </Button>
        </Group>
      </Alert>
    );
  return (
    <>
      <Button variant="default" leftSection={<IconEyeOff size={18} />} disabled={privacy.masks.length === 0} onClick={() => setAsking(true)}>
        Hide all masks
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title="Hide all masks?">
        <Stack>
          <Text size="sm">Everybody who watches will see what they cover, and recordings will show it for ever. Your name goes into the log.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep them
            </Button>
            <Button color="red" onClick={() => show(false)}>
              Hide all
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
