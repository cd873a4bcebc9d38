import { Alert } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { api } from "../api";
import { useSession } from "../session";

/** On every page, for as long as an administrator has hidden the privacy masks. */
export function HiddenNote() {
  const { me } = useSession();
  const settings = useQuery({ queryKey: ["settings"], queryFn: api.settings, enabled: me !== null });
  if (settings.data?.values["privacy.enabled"] !== false) return null;
  return (
    <Alert color="orange" mb="xs" p="xs" icon={<IconEyeOff />} role="status">
      The privacy masks are hidden: everything is seen.
    </Alert>
  );
}
