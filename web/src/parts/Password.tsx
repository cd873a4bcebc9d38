import { Anchor, Group, PasswordInput, Progress, Stack, Text } from "@mantine/core";

/** Rough strength 0..100: length counts most, variety helps. A hint only; every password is allowed. */
export function strength(password: string): number {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length;
  const distinct = new Set(password).size;
  return Math.min(100, Math.round(distinct * 5 + Math.max(0, password.length - 4) * 3 + (kinds - 1) * 8));
}

/** A password that nobody will guess: 16 characters from 62, about 95 bits. */
export function generate(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const limit = 256 - (256 % letters.length);
  let made = "";
  while (made.length < 16) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) made += letters[byte % letters.length];
  }
  return made;
}

interface Props {
  label?: string;
  value: string;
  onChange(value: string): void;
  error?: string | null;
  onGenerate?(password: string): void;
}

/** A new password, with a hint on its strength and a generator. */
export function NewPassword({ label = "Password", value, onChange, error, onGenerate }: Props) {
  const score = strength(value);
  const word = score < 35 ? "weak" : score < 70 ? "fair" : "strong";
  return (
    <Stack gap={4}>
      <PasswordInput label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} error={error} autoComplete="new-password" required />
      {value && <Progress value={score} size="xs" color={score < 35 ? "red" : score < 70 ? "yellow" : "teal"} aria-label="Password strength" />}
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {value ? `This password is ${word}.` : "At least 8 characters are a good idea; a generated one is better."}
        </Text>
        {onGenerate && (
          <Anchor component="button" type="button" size="xs" onClick={() => onGenerate(generate())}>
            Generate one
          </Anchor>
        )}
      </Group>
    </Stack>
  );
}
