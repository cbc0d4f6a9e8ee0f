// What no trial can be blamed for: a full disk, a database that others hold or a newer version wrote, a disk that fails. The trial is given back and
// the sweep stops; with the cause gone the same command goes on.

import { messageOf, UserError } from "../../errors.ts";
import { UnreadableRun } from "../../store/spool/spool.ts";

const codes =
  /^(ENOSPC|EDQUOT|EIO|EROFS|EMFILE|ENFILE|ESTALE|SQLITE_(FULL|BUSY|LOCKED|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB).*)$/;

/** `thrown` in one line where the machine is at fault; null where it is not. */
export function machineFault(thrown: unknown): UserError | null {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause)
    if (cause instanceof UnreadableRun || ("code" in cause && codes.test(String(cause.code))))
      return new UserError(messageOf(thrown).split("\n")[0]!, { cause: thrown });
  return null;
}
