import { runCommand } from "./command.ts";
import type { InstallContext } from "./environment.ts";

/**
 * Puts the environment's cloudpickle in the place of PySpark's copy, in the package and in the archive that workers
 * import. Before Spark 3.1 the copy is one module and not a package; both are named `pyspark.cloudpickle`.
 */
const SCRIPT = `
import os, shutil, sys, zipfile
import cloudpickle
pyspark = sys.argv[1]
target = os.path.join(pyspark, "cloudpickle")
source = os.path.dirname(cloudpickle.__file__)
files = {name: open(os.path.join(source, name), encoding="utf-8").read() for name in os.listdir(source) if name.endswith(".py")}
files["__init__.py"] = files["__init__.py"].replace("from cloudpickle.", "from pyspark.cloudpickle.")
if os.path.exists(target + ".py"):
    os.remove(target + ".py")
shutil.rmtree(target, ignore_errors=True)
os.mkdir(target)
for name, text in files.items():
    with open(os.path.join(target, name), "w", encoding="utf-8") as file:
        file.write(text)
archive = os.path.join(pyspark, "python", "lib", "pyspark.zip")
with zipfile.ZipFile(archive) as old, zipfile.ZipFile(archive + ".new", "w", zipfile.ZIP_DEFLATED) as new:
    for entry in old.infolist():
        if not entry.filename.startswith("pyspark/cloudpickle"):
            new.writestr(entry, old.read(entry))
    for name, text in files.items():
        new.writestr("pyspark/cloudpickle/" + name, text)
os.replace(archive + ".new", archive)
`;

/** Renews the cloudpickle of the PySpark in `pyspark`. Throws {@link CommandError} where that fails. */
export async function renewCloudpickle(
  interpreter: string,
  pyspark: string,
  context: InstallContext,
): Promise<void> {
  const { environment, signal } = context;
  await runCommand(interpreter, ["-I", "-c", SCRIPT, pyspark], { environment, signal });
}
