import { Alert, Button, Checkbox, FileInput, NumberInput, PasswordInput, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";

import { saying } from "../api";
import { fileText, KEY_TYPES, security } from "./calls";
import { names } from "./words";

interface FormProps {
  action: string;
  send(): Promise<unknown>;
  done(): void;
  children: ReactNode;
}

/** Fields, what the camera refused, and the button. */
function Form({ action, send, done, children }: FormProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(null);
    try {
      await send();
      done();
    } catch (error) {
      setRefusal(saying(error));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        {children}
        {refusal && <Alert color="red">{refusal}</Alert>}
        <Button type="submit" loading={busy}>
          {action}
        </Button>
      </Stack>
    </form>
  );
}

const NAME = "Letters, digits, dots and dashes; what it is called here";

/** Make a self-signed certificate, or a key with a signing request. */
export function MakeForm({ request, done }: { request: boolean; done(): void }) {
  const [name, setName] = useState("");
  const [hosts, setHosts] = useState(location.hostname);
  const [organization, setOrganization] = useState("");
  const [country, setCountry] = useState("");
  const [key, setKey] = useState("ec-p256");
  const [days, setDays] = useState<number | string>(825);
  const wish = { name, names: names(hosts), organization, country, key };
  return (
    <Form
      action={request ? "Make the request" : "Make the certificate"}
      send={() => (request ? security.request(wish) : security.selfSign({ ...wish, days: Number(days) }))}
      done={done}
    >
      {request && (
        <Text size="sm" c="dimmed">
          The key is made here and stays here. Download the request afterwards, have it signed, and upload the answer.
        </Text>
      )}
      <TextInput label="Name" description={NAME} value={name} onChange={(event) => setName(event.currentTarget.value)} required data-autofocus />
      <Textarea
        label="Host names and addresses"
        description="By which people open the camera, one a line; the first becomes the common name"
        value={hosts}
        onChange={(event) => setHosts(event.currentTarget.value)}
        autosize
        minRows={2}
        required
      />
      <TextInput label="Organization" value={organization} maxLength={64} onChange={(event) => setOrganization(event.currentTarget.value)} />
      <TextInput label="Country" description="Two letters" value={country} maxLength={2} onChange={(event) => setCountry(event.currentTarget.value)} />
      <Select label="Key" data={KEY_TYPES} value={key} onChange={(value) => value && setKey(value)} allowDeselect={false} />
      {!request && <NumberInput label="Valid for" suffix=" days" min={1} max={7300} value={days} onChange={setDays} />}
    </Form>
  );
}

/** Upload a certificate with its key. */
export function UploadForm({ done }: { done(): void }) {
  const [name, setName] = useState("");
  const [certificate, setCertificate] = useState<File | null>(null);
  const [separate, setSeparate] = useState(true);
  const [key, setKey] = useState<File | null>(null);
  const [password, setPassword] = useState("");
  const send = async () =>
    security.upload(name, certificate ? await fileText(certificate) : "", separate && key ? await fileText(key) : "", password);
  return (
    <Form action="Upload" send={send} done={done}>
      <TextInput label="Name" description={NAME} value={name} onChange={(event) => setName(event.currentTarget.value)} required data-autofocus />
      <FileInput
        label="Certificate"
        description="PEM with its chain, DER (.cer), or PKCS#12 (.p12, .pfx) with the key inside"
        placeholder="Choose a file"
        value={certificate}
        onChange={setCertificate}
        required
        clearable
      />
      <Checkbox label="The private key is in a file of its own" checked={separate} onChange={(event) => setSeparate(event.currentTarget.checked)} />
      {separate && <FileInput label="Private key" placeholder="Choose a file" value={key} onChange={setKey} clearable />}
      <PasswordInput
        label="Password of the key or file"
        description="Empty if there is none; it is not kept"
        value={password}
        autoComplete="off"
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
    </Form>
  );
}

/** Upload the signed answer to a request, or a newer certificate for the same key. */
export function AnswerForm({ name, done }: { name: string; done(): void }) {
  const [file, setFile] = useState<File | null>(null);
  return (
    <Form action="Upload" send={async () => security.answer(name, file ? await fileText(file) : "")} done={done}>
      <Text size="sm" c="dimmed">
        The certificate that was made for the key of {name}, with its chain if there is one.
      </Text>
      <FileInput label="Signed certificate" placeholder="Choose a file" value={file} onChange={setFile} required clearable />
    </Form>
  );
}

/** Upload the certificate of an authority. */
export function AuthorityForm({ done }: { done(): void }) {
  const [name, setName] = useState("");
  const [file, setFile] = useState<File | null>(null);
  return (
    <Form action="Upload" send={async () => security.addAuthority(name, file ? await fileText(file) : "")} done={done}>
      <TextInput label="Name" description={NAME} value={name} onChange={(event) => setName(event.currentTarget.value)} required data-autofocus />
      <FileInput label="CA certificate" placeholder="Choose a file" value={file} onChange={setFile} required clearable />
    </Form>
  );
}
