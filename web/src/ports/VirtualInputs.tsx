import { Button, SimpleGrid } from "@mantine/core";

import { type Board, board } from "./calls";
import type { Change } from "./useBoard";

/** All virtual inputs as buttons that stay pressed while active. */
export function VirtualInputs({ inputs, change }: { inputs: Board["virtual_inputs"]; change: Change }) {
  return (
    <SimpleGrid cols={{ base: 6, sm: 8, md: 16 }} spacing={6} verticalSpacing={6} role="group" aria-label="Virtual inputs">
      {inputs.map(({ number, active }) => (
        <Button
          key={number}
          size="compact-sm"
          px={0}
          variant={active ? "filled" : "default"}
          color={active ? "orange" : undefined}
          aria-pressed={active}
          aria-label={`Virtual input ${number}`}
          onClick={() => void change(board.driveInput(number, { active: !active }))}
        >
          {number}
        </Button>
      ))}
    </SimpleGrid>
  );
}
