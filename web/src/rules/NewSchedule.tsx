import { Button, Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";

import { ScheduleForm } from "./ScheduleForm";
import { schedules, type ScheduleWish } from "./schedules";

/** Make a schedule without leaving the rule that is to use it. */
export function NewSchedule({ kind, onMade }: { kind: ScheduleWish["kind"]; onMade(id: string): void }) {
  const client = useQueryClient();
  const [opened, { open, close }] = useDisclosure(false);
  const save = async (wish: ScheduleWish) => {
    const made = await schedules.add(wish);
    await Promise.all(["catalogue", "schedules"].map((key) => client.invalidateQueries({ queryKey: [key] })));
    if (made.kind === kind) onMade(made.id);
    close();
  };
  return (
    <>
      <Button size="compact-xs" variant="subtle" onClick={open}>
        New {kind}
      </Button>
      <Modal opened={opened} onClose={close} title={`New ${kind}`}>
        <ScheduleForm schedule={null} kind={kind} save={save} />
      </Modal>
    </>
  );
}
