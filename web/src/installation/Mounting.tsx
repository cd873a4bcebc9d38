import { useState } from "react";

import { Changeable } from "./Changeable";
import { MountChoice, MOUNTS } from "./MountChoice";
import { RestartDialog } from "./RestartDialog";

/** The mounting position in force, and the dialog that changes it. */
export function Mounting({ mount, disabled }: { mount: string; disabled: boolean }) {
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState(mount);
  const current = MOUNTS.find(({ value }) => value === mount);
  const open = () => {
    setChosen(mount);
    setOpened(true);
  };
  return (
    <>
      <Changeable label="Mounting position" value={current?.label ?? mount} detail={`The camera ${current?.hint ?? ""}.`} disabled={disabled} onChange={open} />
      <RestartDialog title="Change mounting position" opened={opened} close={() => setOpened(false)} wish={chosen === mount ? null : { mount: chosen }}>
        <MountChoice value={chosen} disabled={false} error={null} onChange={setChosen} />
      </RestartDialog>
    </>
  );
}
