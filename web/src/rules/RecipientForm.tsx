import { Alert, Button, Checkbox, Group, NumberInput, PasswordInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck, IconSend, IconX } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";

import { saying } from "../api";
import { encrypted, ENCRYPTIONS, fieldsOf, type Form, formOf, KINDS, type Recipient, recipients, type RecipientKind, type Tested } from "./recipients";

const LONGEST_NAME = 64;

/** One recipient: where it is, how the camera logs in, and a test that says which step fails. */
export function RecipientForm({ recipient, done }: { recipient: Recipient | null; done(): void }) {
  const [form, setForm] = useState<Form>(() => formOf(recipient));
  const [tested, setTested] = useState<Tested | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState<"test" | "save" | null>(null);
  const put = (change: Partial<Form>) => {
    setTested(null);
    setForm((now) => ({ ...now, ...change }));
  };
  const during = async (what: "test" | "save", work: () => Promise<unknown>) => {
    setBusy(what);
    setRefusal(null);
    setTested(null);
    try {
      await work();
    } catch (error) {
      setRefusal(saying(error));
    } finally {
      setBusy(null);
    }
  };
  const test = () => void during("test", async () => setTested(await recipients.trial(fieldsOf(form), recipient?.id ?? null)));
  const save = (event: FormEvent) => {
    event.preventDefault();
    void during("save", async () => {
      await (recipient ? recipients.change(recipient.id, fieldsOf(form)) : recipients.add(fieldsOf(form)));
      done();
    });
  };
  return (
    <form onSubmit={save}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
          <TextInput label="Name" placeholder="as you call it" maxLength={LONGEST_NAME} value={form.name} onChange={({ currentTarget }) => put({ name: currentTarget.value })} data-autofocus />
          <Select
            label="Notification type"
            data={KINDS}
            value={form.kind}
            allowDeselect={false}
            disabled={recipient !== null}
            onChange={(kind) => kind && put({ kind: kind as RecipientKind, port: kind === "tcp" ? "" : 587 })}
          />
        </SimpleGrid>
        {form.kind === "email" && <EmailFields {...{ form, put, recipient }} />}
        {form.kind === "http" && <HttpFields {...{ form, put, recipient }} />}
        {form.kind === "tcp" && (
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
            <TextInput label="Host" description="Name or IP address" required value={form.host} onChange={({ currentTarget }) => put({ host: currentTarget.value })} />
            <Port label="Port" description="Of TCP" value={form.port} onChange={(port) => put({ port })} />
          </SimpleGrid>
        )}
        {refusal && (
          <Alert color="red" role="alert">
            {refusal}
          </Alert>
        )}
        {tested && <Outcome tested={tested} />}
        <Group justify="space-between">
          <Button variant="default" leftSection={<IconSend size={16} />} loading={busy === "test"} disabled={busy === "save"} onClick={test}>
            Test
          </Button>
          <Button type="submit" loading={busy === "save"} disabled={busy === "test"}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** How a test went, in the other side's words. */
export function Outcome({ tested }: { tested: Tested }) {
  return (
    <Alert color={tested.works ? "teal" : "red"} icon={tested.works ? <IconCheck size={18} /> : <IconX size={18} />} role="status" title={tested.works ? "The test was sent" : `It failed: ${tested.step ?? ""}`}>
      <Text size="sm" dir="auto" style={{ overflowWrap: "anywhere" }}>
        {tested.works ? `The other side said: ${tested.words}` : tested.words}
      </Text>
    </Alert>
  );
}

interface FieldsProps {
  form: Form;
  recipient: Recipient | null;
  put(change: Partial<Form>): void;
}

function EmailFields({ form, recipient, put }: FieldsProps) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
      <TextInput label="Send to" description="Addresses, with commas between" required value={form.to} onChange={({ currentTarget }) => put({ to: currentTarget.value })} />
      <TextInput label="Send from" description="Address of the camera" required value={form.sender} onChange={({ currentTarget }) => put({ sender: currentTarget.value })} />
      <TextInput label="SMTP server" description="Host name or IP address" required value={form.server} onChange={({ currentTarget }) => put({ server: currentTarget.value })} />
      <Port label="Port" description="587, 465 or 25 mostly" value={form.port} onChange={(port) => put({ port })} />
      <Select
        label="Encryption"
        data={ENCRYPTIONS.map(({ value, label }) => ({ value, label }))}
        value={form.encryption}
        allowDeselect={false}
        error={form.encryption === "none" && form.user !== "" ? "The password can be read on its way." : undefined}
        onChange={(value) => value && put(encrypted(form, value as Form["encryption"]))}
      />
      <Checkbox
        mt={{ base: 0, xs: 30 }}
        label="Validate the server's certificate"
        disabled={form.encryption === "none"}
        checked={form.validate_certificate}
        onChange={({ currentTarget }) => put({ validate_certificate: currentTarget.checked })}
      />
      <TextInput label="Username" description="Empty: nobody logs in" autoComplete="off" value={form.user} onChange={({ currentTarget }) => put({ user: currentTarget.value })} />
      <Secret label="Password" kept={recipient?.has_password ?? false} value={form.password} onChange={(password) => put({ password })} />
    </SimpleGrid>
  );
}

function HttpFields({ form, recipient, put }: FieldsProps) {
  const [proxied, setProxied] = useState(form.proxy !== "");
  return (
    <>
      <TextInput label="URL" placeholder="https://example.com/notify" required value={form.url} onChange={({ currentTarget }) => put({ url: currentTarget.value })} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
        <TextInput label="Username" description="Empty: the password is a token" autoComplete="off" value={form.user} onChange={({ currentTarget }) => put({ user: currentTarget.value })} />
        <Secret label="Password" kept={recipient?.has_password ?? false} value={form.password} onChange={(password) => put({ password })} />
      </SimpleGrid>
      {!/^http:/i.test(form.url) && (
        <Checkbox label="Validate the server's certificate" checked={form.validate_certificate} onChange={({ currentTarget }) => put({ validate_certificate: currentTarget.checked })} />
      )}
      <Checkbox
        label="Use a proxy"
        checked={proxied}
        onChange={({ currentTarget }) => {
          setProxied(currentTarget.checked);
          if (!currentTarget.checked) put({ proxy: "" });
        }}
      />
      {proxied && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing="sm">
          <TextInput label="Proxy" description="Host name or IP address" required value={form.proxy} onChange={({ currentTarget }) => put({ proxy: currentTarget.value })} />
          <Port label="Proxy port" description="8080 or 3128 mostly" value={form.proxy_port} onChange={(proxy_port) => put({ proxy_port })} />
          <TextInput label="Proxy username" autoComplete="off" value={form.proxy_user} onChange={({ currentTarget }) => put({ proxy_user: currentTarget.value })} />
          <Secret label="Proxy password" kept={recipient?.has_proxy_password ?? false} value={form.proxy_password} onChange={(proxy_password) => put({ proxy_password })} />
        </SimpleGrid>
      )}
    </>
  );
}

function Port({ onChange, ...shown }: { label: string; description: string; value: number | ""; onChange(port: number | ""): void }) {
  return <NumberInput {...shown} required min={1} max={65_535} allowDecimal={false} clampBehavior="none" onChange={(value) => onChange(value === "" ? "" : Number(value))} />;
}

function Secret({ kept, onChange, ...shown }: { label: string; kept: boolean; value: string; onChange(value: string): void }) {
  return <PasswordInput {...shown} autoComplete="new-password" description={kept ? "Empty: the one that is kept" : "It is never shown again"} placeholder={kept ? "••••••••" : undefined} onChange={({ currentTarget }) => onChange(currentTarget.value)} />;
}
