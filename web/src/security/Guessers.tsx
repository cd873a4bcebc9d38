import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";

import { saying } from "../api";
import { Listing } from "../status/Listing";
import { duration } from "../status/words";
import { security } from "./calls";

/** Who has to wait because of wrong passwords, and letting somebody off. */
export function Guessers() {
  const found = useQuery({ queryKey: ["guessers"], queryFn: security.guessers, refetchInterval: 2000 });
  const release = async (id: string | null) => {
    await security.release(id).catch((error: unknown) => notifications.show({ message: saying(error), color: "red" }));
    await found.refetch();
  };
  const rows = found.data?.guessers ?? [];
  const waiting = rows.filter(({ wait_seconds }) => wait_seconds > 0).length;
  return (
    <>
      <Listing
        title="Wrong passwords"
        count={waiting > 0 ? `${waiting} waiting` : ""}
        heads={["Address", "Account", "Tries", "Waits", "Release"]}
        numbers={[2, 3]}
        rows={rows.map((row) => ({
          key: row.id,
          cells: [
            row.address,
            row.account === "*" ? "all accounts" : row.account,
            row.wrong_tries,
            row.wait_seconds > 0 ? duration(Math.ceil(row.wait_seconds)) : "–",
            <Button key="release" size="compact-xs" variant="default" aria-label={`Release ${row.address} ${row.account}`} onClick={() => void release(row.id)}>
              Release
            </Button>,
          ],
        }))}
        empty={found.data?.enabled === false ? "The protection is off: nobody is counted." : "Nobody gave a wrong password lately."}
      />
      {rows.length > 1 && (
        <Group justify="flex-end">
          <Button variant="subtle" size="compact-sm" onClick={() => void release(null)}>
            Release all
          </Button>
        </Group>
      )}
    </>
  );
}
