import { Alert, Anchor, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";

import { api, ApiError } from "../api";
import { Card } from "../parts/Card";
import { useSession } from "../session";

/** Name and password. */
export function Login() {
  const { state, enter } = useSession();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { username: "", password: "" } });

  const submit = form.onSubmit(async ({ username, password }) => {
    setRefusal(null);
    try {
      enter(await api.login(username, password));
    } catch (error) {
      setRefusal(error instanceof ApiError ? error.message : String(error));
    }
  });

  return (
    <Card title="Log in" subtitle={`${state.name} · ${state.model.toUpperCase()}`}>
      <form onSubmit={submit}>
        <Stack>
          {!state.passwords_allowed && state.https_port && (
            <Alert color="orange">
              Passwords are typed over HTTPS only. <Anchor href={`https://${location.hostname}:${state.https_port}/`}>Continue over HTTPS</Anchor>
            </Alert>
          )}
          <TextInput label="User name" autoComplete="username" autoFocus required {...form.getInputProps("username")} />
          <PasswordInput label="Password" autoComplete="current-password" required {...form.getInputProps("password")} />
          {refusal && <Alert color="red">{refusal}</Alert>}
          <Button type="submit" loading={form.submitting} disabled={!state.passwords_allowed}>
            Log in
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
