import { TextInput } from "@mantine/core";
import { useState } from "react";

interface Props {
  name: string;
  longest: number;
  onFocus(): void;
  /** Keep another name; what is shown afterwards is what the camera has. */
  onName(name: string): Promise<unknown>;
}

/** A thing's name, which is saved when the field is left. */
export function NameField({ name, longest, onFocus, onName }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const keep = async () => {
    if (draft === null) return;
    const wanted = draft.trim();
    if (wanted && wanted !== name) await onName(wanted);
    setDraft(null);
  };
  return (
    <TextInput
      flex={1}
      size="sm"
      aria-label={`Name of ${name}`}
      value={draft ?? name}
      maxLength={longest}
      onFocus={onFocus}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => void keep()}
      onKeyDown={(event) => event.key === "Enter" && void keep()}
    />
  );
}
