/** Recipients over REST (docs/recipients.md). */

import { call } from "../api";

export type RecipientKind = "email" | "http" | "tcp";

/** What a person gives; of each kind only its own fields count. A password that is left out stays. */
export interface RecipientFields {
  name: string;
  kind: RecipientKind;
  to?: string[];
  sender?: string;
  server?: string;
  encryption?: "none" | "ssl" | "starttls";
  url?: string;
  proxy?: string;
  proxy_port?: number;
  proxy_user?: string;
  proxy_password?: string;
  host?: string;
  port?: number;
  validate_certificate?: boolean;
  user?: string;
  password?: string;
}

export interface Recipient extends RecipientFields {
  id: number;
  place: string;
  has_password: boolean;
  has_proxy_password: boolean;
  /** Names of the rules that send to it. */
  rules: string[];
  waiting: number;
  sent: number;
  dropped: number;
  last_ms: number | null;
  fault: string | null;
}

export interface Tested {
  works: boolean;
  step: string | null;
  words: string;
}

const one = (id: number) => `recipients/${id}`;

export const recipients = {
  read: () => call<{ most: number; recipients: Recipient[] }>("GET", "recipients"),
  add: (fields: RecipientFields) => call<Recipient>("POST", "recipients", fields),
  change: (id: number, { kind: _kind, ...fields }: RecipientFields) => call<Recipient>("PATCH", one(id), fields),
  remove: (id: number) => call<void>("DELETE", one(id)),
  restore: (id: number) => call<Recipient>("POST", `${one(id)}/restore`),
  test: (id: number) => call<Tested>("POST", `${one(id)}/test`),
  /** With an id, what is left out is as that recipient has it. */
  trial: (fields: RecipientFields, id: number | null) => call<Tested>("POST", "recipients/trial", id === null ? fields : { ...fields, id }),
};

export const KINDS: { value: RecipientKind; label: string }[] = [
  { value: "email", label: "Email" },
  { value: "http", label: "HTTP or HTTPS" },
  { value: "tcp", label: "TCP" },
];

export const ENCRYPTIONS = [
  { value: "starttls", label: "STARTTLS", port: 587 },
  { value: "ssl", label: "SSL/TLS", port: 465 },
  { value: "none", label: "None", port: 25 },
] as const;

/** What a form shows: every field of every kind, mailboxes as one text. */
export interface Form {
  name: string;
  kind: RecipientKind;
  to: string;
  sender: string;
  server: string;
  encryption: "none" | "ssl" | "starttls";
  port: number | "";
  validate_certificate: boolean;
  user: string;
  password: string;
  url: string;
  proxy: string;
  proxy_port: number | "";
  proxy_user: string;
  proxy_password: string;
  host: string;
}

const EMPTY: Form = {
  name: "",
  kind: "email",
  to: "",
  sender: "",
  server: "",
  encryption: "starttls",
  port: 587,
  validate_certificate: true,
  user: "",
  password: "",
  url: "",
  proxy: "",
  proxy_port: 8080,
  proxy_user: "",
  proxy_password: "",
  host: "",
};

/** The form of a recipient, or an empty one. */
export function formOf(recipient: Recipient | null): Form {
  if (!recipient) return EMPTY;
  const known = Object.fromEntries(Object.entries(recipient).filter(([name, value]) => name in EMPTY && value !== null));
  return { ...EMPTY, ...known, to: (recipient.to ?? []).join(", ") };
}

/** What is sent: the fields of the kind. An empty password field keeps what is kept, unless `forget`. */
export function fieldsOf(form: Form, forget = false): RecipientFields {
  const { name, kind, user } = form;
  const secret = (value: string) => (value || forget ? value : undefined);
  const port = form.port === "" ? undefined : form.port;
  switch (kind) {
    case "email": {
      const to = form.to.split(/[,;\s]+/).filter(Boolean);
      const { sender, server, encryption, validate_certificate } = form;
      return { name, kind, to, sender, server, encryption, port, validate_certificate, user, password: secret(form.password) };
    }
    case "http": {
      const { url, validate_certificate, proxy, proxy_user } = form;
      const by = { proxy, proxy_user, proxy_port: form.proxy_port === "" ? undefined : form.proxy_port, proxy_password: secret(form.proxy_password) };
      return { name, kind, url, validate_certificate, user, password: secret(form.password), ...by };
    }
    case "tcp":
      return { name, kind, host: form.host, port };
  }
}

/** Another encryption brings its usual port, if the port was the usual one. */
export function encrypted(form: Form, encryption: Form["encryption"]): Form {
  const usual = (name: string) => ENCRYPTIONS.find(({ value }) => value === name)?.port ?? 587;
  return { ...form, encryption, port: form.port === usual(form.encryption) ? usual(encryption) : form.port };
}
