import { Alert, Button, Checkbox, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";

import { type Account, type AccountWish, api, type Role, saying } from "../api";
import { NewPassword } from "../parts/Password";

const ROLES = [
  { value: "viewer", label: "Viewer: watches and takes snapshots" },
  { value: "operator", label: "Operator: also changes picture and streams" },
  { value: "administrator", label: "Administrator: everything" },
];

interface Props {
  /** The account to change; without one a new one is made. */
  account: Account | null;
  /** One's own role cannot be taken away here. */
  own: boolean;
  done(): void;
}

/** Make an account or change one. */
export function AccountForm({ account, own, done }: Props) {
  const [values, setValues] = useState<AccountWish>({
    username: account?.username ?? "",
    password: "",
    role: account?.role ?? "viewer",
    ptz: account?.ptz ?? false,
    comment: account?.comment ?? "",
  });
  const [refusal, setRefusal] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const set = (change: Partial<AccountWish>) => setValues((all) => ({ ...all, ...change }));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSaving(true);
    setRefusal(null);
    const { username, password, role, ...rest } = values;
    const ptz = role === "viewer" && rest.ptz;
    try {
      if (account) await api.changeAccount(username, { role, comment: rest.comment, ptz, ...(password && { password }) });
      else await api.addAccount({ ...values, ptz });
      done();
    } catch (error) {
      setRefusal(saying(error));
      setSaving(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <TextInput
          label="User name"
          description="1 to 14 letters and digits"
          value={values.username}
          onChange={(event) => set({ username: event.currentTarget.value })}
          disabled={account !== null}
          required
          data-autofocus={account === null || undefined}
          autoComplete="off"
        />
        {!own && (
          <NewPassword
            label={account ? "New password (empty: unchanged)" : "Password"}
            required={!account}
            value={values.password}
            onChange={(password) => set({ password })}
            onGenerate={(password) => set({ password })}
          />
        )}
        <Select
          label="Role"
          data={ROLES}
          value={values.role}
          disabled={own}
          onChange={(role) => role && set({ role: role as Role })}
          allowDeselect={false}
        />
        {values.role === "viewer" && (
          <Checkbox label="May move view areas (PTZ)" checked={values.ptz} onChange={(event) => set({ ptz: event.currentTarget.checked })} />
        )}
        <TextInput label="Comment" value={values.comment} maxLength={128} onChange={(event) => set({ comment: event.currentTarget.value })} />
        {refusal && <Alert color="red">{refusal}</Alert>}
        <Button type="submit" loading={saving}>
          {account ? "Save" : "Add account"}
        </Button>
      </Stack>
    </form>
  );
}
