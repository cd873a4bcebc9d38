import { Alert, Anchor, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect, useState } from "react";

import { api, ApiError, saying } from "../api";
import { Card } from "../parts/Card";
import { useSession } from "../session";

/** Name and password. */
export function Login() {
  const { state, farewell, enter } = useSession();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [wait, setWait] = useState(0);
  const form = useForm({ initialValues: { username: "", password: "" } });

  useEffect(() => {
    if (wait <= 0) return;
    const timer = window.setTimeout(() => setWait(wait - 1), 1000);
    return () => window.clearTimeout(timer);
  }, [wait]);

  const submit = form.onSubmit(async ({ username, password }) => {
    setRefusal(null);
    try {
      enter(await api.login(username, password));
    } catch (error) {
      setRefusal(saying(error));
      if (error instanceof ApiError && error.retryAfter) setWait(error.retryAfter);
    }
  });

  return (
    <Card title="Log in" subtitle={`${state.name} · ${state.model.toUpperCase()}`}>
      <form onSubmit={submit}>
        <Stack>
          {farewell && !refusal && <Alert color="yellow">{farewell}</Alert>}
          {!state.passwords_allowed && state.https_port && (
            <Alert color="orange" title="This connection is not encrypted">
              Passwords are typed over HTTPS only. <Anchor href={`https://${location.hostname}:${state.https_port}/`}>Continue over HTTPS</Anchor>. The
              browser will warn about the self-signed certificate once.
            </Alert>
          )}
          <TextInput label="User name" autoComplete="username" autoFocus required {...form.getInputProps("username")} />
          <PasswordInput label="Password" autoComplete="current-password" required {...form.getInputProps("password")} />
          {wait > 0 ? (
            <Alert color="orange">Too many wrong passwords. You may try again in {wait} s.</Alert>
          ) : (
            refusal && <Alert color="red">{sentence(refusal)}</Alert>
          )}
          <Button type="submit" loading={form.submitting} disabled={!state.passwords_allowed || wait > 0}>
            Log in
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace("..", ".");
}
