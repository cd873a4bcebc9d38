import { Alert, Anchor, Button, Checkbox, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { Link, useNavigate } from "react-router-dom";

import { api, saying } from "../api";
import { Card } from "../parts/Card";
import { NewPassword } from "../parts/Password";
import { useSession } from "../session";

/** The first visit: create the administrator. Nothing else works before. */
export function Setup() {
  const { state, enter } = useSession();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { username: "", password: "", again: "", licence: false },
    validate: {
      username: (name) => (/^[A-Za-z0-9]{1,14}$/.test(name) ? null : "1 to 14 letters and digits"),
      password: (password) => (password ? null : "Choose a password"),
      again: (again, values) => (again === values.password ? null : "The two passwords differ"),
      licence: (accepted) => (accepted ? null : "The licence must be accepted"),
    },
  });

  const submit = form.onSubmit(async ({ username, password, again, licence }) => {
    setRefusal(null);
    try {
      enter(await api.setup(username, password, again, licence));
      navigate("/");
    } catch (error) {
      setRefusal(saying(error));
    }
  });

  return (
    <Card title="Create the administrator" subtitle={`${state.name} · ${state.model.toUpperCase()} · ${state.serial}`}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Text size="sm">
            This camera has no account yet. The administrator may do everything, including making further accounts. There is no way to recover a lost
            administrator password except a reset.
          </Text>
          {!state.passwords_allowed && state.https_port && (
            <Alert color="orange" title="This connection is not encrypted">
              Passwords are typed over HTTPS only.{" "}
              <Anchor href={`https://${location.hostname}:${state.https_port}/setup`}>Continue over HTTPS</Anchor>. The browser will warn about the
              self-signed certificate once.
            </Alert>
          )}
          <TextInput label="User name" autoComplete="username" autoFocus required {...form.getInputProps("username")} />
          <NewPassword
            value={form.values.password}
            onChange={(password) => form.setFieldValue("password", password)}
            error={form.errors["password"] as string | undefined}
            onGenerate={(password) => form.setValues({ password, again: password })}
          />
          <PasswordInput label="Password again" autoComplete="new-password" required {...form.getInputProps("again")} />
          <Checkbox label="I accept the licence (Apache License 2.0)" {...form.getInputProps("licence", { type: "checkbox" })} />
          {refusal && <Alert color="red">{refusal}</Alert>}
          <Button type="submit" loading={form.submitting} disabled={!form.values.licence || !state.passwords_allowed}>
            Add account
          </Button>
          {state.preview_seconds > 0 && (
            <Text size="sm" c="dimmed">
              Still aiming the camera? <Anchor component={Link} to="/preview">See the picture</Anchor> without an account, for another{" "}
              {Math.ceil(state.preview_seconds / 60)} minutes.
            </Text>
          )}
        </Stack>
      </form>
    </Card>
  );
}
