import { Alert, Anchor, CopyButton, Group, PasswordInput, Progress, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { generate, strength } from "./passwords";

interface Props {
  label?: string;
  required?: boolean;
  value: string;
  onChange(value: string): void;
  error?: string | null;
  /** Told of a generated password, which is to be filled in wherever it is typed again. */
  onGenerate(password: string): void;
}

/** A new password, with a hint on its strength and a generator. Every password is allowed. */
export function NewPassword({ label = "Password", required = true, value, onChange, error, onGenerate }: Props) {
  const [generated, setGenerated] = useState<string | null>(null);
  const score = strength(value);
  const word = score < 35 ? "weak" : score < 70 ? "fair" : "strong";
  const make = () => {
    const password = generate();
    setGenerated(password);
    onGenerate(password);
  };
  return (
    <Stack gap={4}>
      <PasswordInput
        label={label}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        autoComplete="new-password"
        required={required}
      />
      {value && <Progress value={score} size="xs" color={score < 35 ? "red" : score < 70 ? "yellow" : "teal"} aria-label="Password strength" />}
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="xs" c="dimmed">
          {value ? `This password is ${word}.` : "At least 8 characters are a good idea; a generated one is better."}
        </Text>
        <Anchor component="button" type="button" size="xs" style={{ flex: "none" }} onClick={make}>
          Generate one
        </Anchor>
      </Group>
      {generated !== null && generated === value && (
        <Alert color="teal" p="xs">
          Keep it safe:{" "}
          <Text component="code" ff="monospace" fw={600} data-testid="generated">
            {generated}
          </Text>{" "}
          <CopyButton value={generated}>
            {({ copied, copy }) => (
              <Anchor component="button" type="button" size="sm" onClick={copy}>
                {copied ? "Copied" : "Copy"}
              </Anchor>
            )}
          </CopyButton>
        </Alert>
      )}
    </Stack>
  );
}
