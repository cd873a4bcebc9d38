import { Alert, Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useState } from "react";

import { api, saying } from "../api";
import { useSession } from "../session";
import { NewPassword } from "./Password";

/** One's own password, changed by who knows the old one. */
export function ChangePassword({ done }: { done(): void }) {
  const { enter, me } = useSession();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { old: "", fresh: "", again: "" },
    validate: {
      old: (old) => (old ? null : "Type your present password"),
      fresh: (fresh) => (fresh ? null : "Choose a password"),
      again: (again, values) => (again === values.fresh ? null : "The two passwords differ"),
    },
  });
  const submit = form.onSubmit(async ({ old, fresh }) => {
    setRefusal(null);
    try {
      enter(await api.changePassword(old, fresh));
      notifications.show({ message: "Your password is changed. Your other pages have to log in again.", color: "teal" });
      done();
    } catch (error) {
      setRefusal(saying(error));
    }
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {me?.password_age_days !== null && (
          <Text size="sm" c="dimmed">
            {me?.password_age_days === 0 ? "It was set today." : `It was set ${me?.password_age_days} days ago.`} Change it at least once a year.
          </Text>
        )}
        <PasswordInput label="Present password" autoComplete="current-password" required data-autofocus {...form.getInputProps("old")} />
        <NewPassword
          label="New password"
          value={form.values.fresh}
          onChange={(fresh) => form.setFieldValue("fresh", fresh)}
          error={form.errors["fresh"] as string | undefined}
          onGenerate={(fresh) => form.setValues({ fresh, again: fresh })}
        />
        <PasswordInput label="New password again" autoComplete="new-password" required {...form.getInputProps("again")} />
        {refusal && <Alert color="red">{refusal}</Alert>}
        <Button type="submit" loading={form.submitting}>
          Change password
        </Button>
      </Stack>
    </form>
  );
}
