import { Card, Stack, Title } from "@mantine/core";

import { Field } from "../settings/Field";
import { useInstant } from "../settings/useInstant";
import type { SettingsAccess } from "../settings/useSettings";

const VIEWING = "access.anonymous_viewing";
const MOVING = "access.anonymous_ptz";

/** Whether people may watch, and move view areas, without an account. Takes effect at once. */
export function AnonymousCard({ access }: { access: SettingsAccess }) {
  const instant = useInstant(access);
  const watching = instant.value(VIEWING) === true;
  return (
    <Card withBorder>
      <Title order={2} size="h5" mb="xs">
        Without an account
      </Title>
      <Stack gap="xs">
        {[VIEWING, MOVING].map((path) => {
          const row = access.row(path);
          return (
            row && (
              <Field
                key={path}
                row={row}
                value={instant.value(path)}
                disabled={path === MOVING && !watching}
                error={instant.error(path)}
                onChange={(value) => instant.apply(path, value)}
              />
            )
          );
        })}
      </Stack>
    </Card>
  );
}
