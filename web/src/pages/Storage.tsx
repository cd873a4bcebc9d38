import { Alert, Button, Card, Code, Group, Menu, Modal, Stack, Switch, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { saying } from "../api";
import { useViews } from "../live/useCamera";
import { Loading } from "../parts/Loading";
import { PageTitle } from "../parts/PageTitle";
import { useSession } from "../session";
import { useSettings } from "../settings/useSettings";
import { AgeingNote } from "../storage/AgeingNote";
import { CardAdvice } from "../storage/CardAdvice";
import { type Rules, type Share, type StorageDisk, storage } from "../storage/calls";
import { Continuous } from "../storage/Continuous";
import { DiskCard } from "../storage/DiskCard";
import { RulesForm } from "../storage/RulesForm";
import { ShareForm } from "../storage/ShareForm";

const REFRESH_MS = 2000;
const CARD = "SD_DISK";

/** Where recordings go: the card, network shares, what is kept, what stands in for what. */
export function Storage() {
  const { me } = useSession();
  const { access, problem } = useSettings();
  const { views } = useViews();
  const client = useQueryClient();
  const manages = me?.role === "administrator";
  const disks = useQuery({ queryKey: ["storage", "disks"], queryFn: storage.disks, refetchInterval: REFRESH_MS });
  const shares = useQuery({ queryKey: ["storage", "shares"], queryFn: storage.shares, enabled: manages });
  const [open, setOpen] = useState<Share | "new" | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ["storage"] });
  if (!disks.data || !access) return <Loading problem={problem ?? disks.error?.message ?? null} />;

  const card = disks.data.find(({ id }) => id === CARD);
  const cardRules = Object.fromEntries(
    ["retention_days", "most_mb", "remove_oldest", "protected"].map((name) => [name, access.values[`storage.${name}`]]),
  ) as unknown as Rules;
  const saveCard = (changed: Partial<Rules>) => access.change(Object.fromEntries(Object.entries(changed).map(([name, value]) => [`storage.${name}`, value])));
  const trying = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      notifications.show({ color: "red", message: saying(error) });
    }
    await refresh();
  };
  return (
    <Stack maw={900}>
      <PageTitle title="Storage">Where recordings are kept. A card is always at hand; a network share has more room and is safe when the camera is stolen.</PageTitle>
      {disks.error && <Alert color="orange">{disks.error.message} What is shown is older.</Alert>}
      <AgeingNote mayManage={manages} />
      {card ? (
        <DiskCard disk={card} mayManage={manages}>
          {manages && <RulesForm rules={cardRules} save={saveCard} />}
        </DiskCard>
      ) : (
        <Alert color="blue" title="There is no card">
          Start the camera with <Code>--sd-card DIRECTORY</Code>, a directory or a mounted card. It also stands in for a network share that is away.
        </Alert>
      )}
      <CardAdvice />
      <Group justify="space-between">
        <Title order={2} size="h4">
          Network shares
        </Title>
        {manages && (
          <Button leftSection={<IconPlus size={18} />} onClick={() => setOpen("new")}>
            Add network share
          </Button>
        )}
      </Group>
      {manages && (
        <Switch
          label="Record on the card while a share is away or too slow"
          description="Afterwards the recordings are brought over by themselves."
          checked={access.values["storage.failover"] === true}
          onChange={(event) => void trying(() => access.change({ "storage.failover": event.currentTarget.checked }))}
        />
      )}
      {(shares.data ?? []).map((share) => (
        <ShareCard key={share.id} share={share} disk={disks.data.find(({ id }) => id === share.disk)} trying={trying} onEdit={() => setOpen(share)} />
      ))}
      {!manages && disks.data.filter(({ id }) => id !== CARD).map((disk) => <DiskCard key={disk.id} disk={disk} mayManage={false} />)}
      {manages && shares.data?.length === 0 && <Text c="dimmed">There is none yet.</Text>}
      <Continuous access={access} disks={disks.data} views={views.filter(({ available }) => available)} />
      <Modal opened={open !== null} onClose={() => setOpen(null)} title={open && open !== "new" ? `Change ${open.name || open.share}` : "Add network share"} size="lg">
        {open && (
          <ShareForm
            share={open === "new" ? null : open}
            done={() => {
              setOpen(null);
              void refresh();
            }}
          />
        )}
      </Modal>
    </Stack>
  );
}

interface ShareProps {
  share: Share;
  disk: StorageDisk | undefined;
  trying(work: () => Promise<unknown>): Promise<void>;
  onEdit(): void;
}

/** A share: as a disk when it is used, else what is known of it. */
function ShareCard({ share, disk, trying, onEdit }: ShareProps) {
  const name = share.name || `${share.share} on ${share.address}`;
  const forget = () => {
    if (window.confirm(`Forget ${name} and its password? What was recorded stays on the share.`)) void trying(() => storage.forget(share.id));
  };
  const where = (
    <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
      {[`//${share.address}${share.port === 445 ? "" : `:${share.port}`}`, share.share, share.folder].filter(Boolean).join("/")}
      {share.user && `, as ${share.user}`}
      {!share.has_password && share.user && "; no password is kept for it"}
    </Text>
  );
  if (disk)
    return (
      <DiskCard
        disk={disk}
        mayManage
        more={
          <>
            <Menu.Item onClick={onEdit}>Change</Menu.Item>
            <Menu.Item onClick={() => void trying(() => storage.share(share.id, "unbind"))}>Do not use it</Menu.Item>
            <Menu.Item onClick={forget}>Forget it</Menu.Item>
          </>
        }
      >
        {where}
        <RulesForm rules={share} save={(changed) => trying(() => storage.change(share.id, changed))} />
      </DiskCard>
    );
  return (
    <Card withBorder>
      <Group justify="space-between">
        <div>
          <Title order={3} size="h5">
            {name}
          </Title>
          {where}
          <Text size="sm">{share.disk ? "It is being made ready." : "It is not used."}</Text>
        </div>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={onEdit}>
            Change
          </Button>
          {!share.disk && (
            <Button size="xs" onClick={() => void trying(() => storage.share(share.id, "bind"))}>
              Use it
            </Button>
          )}
          <Button size="xs" variant="default" color="red" onClick={forget}>
            Forget
          </Button>
        </Group>
      </Group>
    </Card>
  );
}
