import { Alert, Button, Group } from "@mantine/core";

import type { Edits } from "./useEdits";

/** Save and undo, and what the camera refused if it belongs to no single field. */
export function SaveButtons({ edits }: { edits: Edits }) {
  return (
    <>
      {edits.refusal && <Alert color="red">{edits.refusal}</Alert>}
      <Group>
        <Button type="submit" disabled={!edits.maySave} loading={edits.saving}>
          Save
        </Button>
        <Button variant="default" onClick={edits.undo} disabled={!edits.dirty}>
          Undo
        </Button>
      </Group>
    </>
  );
}
