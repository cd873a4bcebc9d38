import { Alert, Button, Checkbox, Group, NumberInput, PasswordInput, Progress, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";

import { saying } from "../api";
import { type Action, followed, type Share, type ShareFields, storage, VERSIONS } from "./calls";

const EMPTY: ShareFields = { name: "", address: "", port: 445, share: "", folder: "", user: "", password: "", version: "auto" };

/** One network share: where it is, who asks, and a trial that names the step that fails. */
export function ShareForm({ share, done }: { share: Share | null; done(): void }) {
  const [given, setGiven] = useState<ShareFields>(() => (share ? { ...EMPTY, ...pick(share) } : EMPTY));
  const [untested, setUntested] = useState(false);
  const [trial, setTrial] = useState<Action | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const put = (change: Partial<ShareFields>) => {
    setTrial(null);
    setGiven((now) => ({ ...now, ...change }));
  };
  const keepsPassword = share?.has_password && given.password === "" && (["address", "port", "user"] as const).every((name) => given[name] === share[name]);

  const test = async () => (await followed(await storage.trial(given), setTrial)).end === "done";
  const during = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await work();
    } catch (error) {
      setRefusal(saying(error));
    } finally {
      setBusy(false);
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    void during(async () => {
      if (!untested && !keepsPassword && !(await test())) return;
      const { password, ...rest } = given;
      if (share) await storage.change(share.id, keepsPassword ? rest : { ...rest, password });
      else await storage.add(given);
      done();
    });
  };
  return (
    <form onSubmit={save}>
      <Stack>
        <TextInput label="Name" placeholder="as you call it" maxLength={64} value={given.name} onChange={(event) => put({ name: event.currentTarget.value })} />
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label="Address"
            description="Host name or IPv4 address"
            required
            value={given.address}
            onChange={(event) => put({ address: event.currentTarget.value })}
            data-autofocus
          />
          <TextInput label="Share" description="Its name on the server" required value={given.share} onChange={(event) => put({ share: event.currentTarget.value })} />
          <TextInput label="Folder" description="Below the share; may be empty" value={given.folder} onChange={(event) => put({ folder: event.currentTarget.value })} />
          <Select
            label="SMB version"
            description="Automatic: the newest both know"
            allowDeselect={false}
            data={VERSIONS.map((value) => ({ value, label: value === "auto" ? "Automatic" : value }))}
            value={given.version}
            onChange={(value) => put({ version: value ?? "auto" })}
          />
          <TextInput label="User" autoComplete="off" value={given.user} onChange={(event) => put({ user: event.currentTarget.value })} />
          <PasswordInput
            label="Password"
            autoComplete="new-password"
            placeholder={share?.has_password ? "as it is" : ""}
            value={given.password}
            onChange={(event) => put({ password: event.currentTarget.value })}
          />
          <NumberInput label="Port" min={1} max={65535} value={given.port} onChange={(value) => put({ port: Number(value) || 445 })} />
        </SimpleGrid>
        <Checkbox
          label={share ? "Save without testing" : "Add without testing"}
          description="For a server that is not there yet. The camera keeps trying to connect."
          checked={untested}
          onChange={(event) => setUntested(event.currentTarget.checked)}
        />
        {trial?.end === "running" && (
          <div>
            <Progress value={100 * trial.progress} animated aria-label="Progress of the test" />
            <Text size="sm" c="dimmed" mt={4}>
              Trying it out…
            </Text>
          </div>
        )}
        {trial?.end === "done" && <Alert color="teal">{sentence(trial.words)}</Alert>}
        {trial?.end === "failed" && <Alert color="red" title="The test failed">{sentence(trial.words)}</Alert>}
        {refusal && <Alert color="red">{refusal}</Alert>}
        <Group>
          <Button type="submit" loading={busy} disabled={!given.address || !given.share}>
            {share ? "Save" : "Add"}
          </Button>
          <Button variant="default" disabled={busy || !given.address || !given.share || keepsPassword === true} onClick={() => void during(test)}>
            Test
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function pick(share: Share): Partial<ShareFields> {
  const { name, address, port, share: named, folder, user, version } = share;
  return { name, address, port, share: named, folder, user, version };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${words.endsWith("?") ? "" : "."}`;
}
