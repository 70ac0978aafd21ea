import { RESTARTS, type TaskArray, taskLine } from './array.js';

/** What only Kubernetes is told. */
export interface KubernetesOptions {
  /** Container image in which the command `sparsest` is found. */
  readonly image: string;
  /** A persistent volume claim that all tasks can write, mounted where the array runs. */
  readonly claim: string;
  /** Memory of a task as Kubernetes writes it: 4Gi. */
  readonly memory: string | null;
  /** Tasks at work at the same time. */
  readonly parallelism: number;
}

/** The manifest of an indexed Job (batch/v1) for the array; a pod that dies is replaced and goes on where it was. */
export function jobManifest(array: TaskArray, options: KubernetesOptions): string {
  const { image, claim, memory, parallelism } = options;
  // 1 and 3 are answers, which the joining command reads from the results: no reason to run the task again.
  const line = `sparsest ${taskLine(array, 'JOB_COMPLETION_INDEX')}; code=$?; case $code in 1|3) exit 0;; esac; exit $code`;
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${text(array.name)}
spec:
  completionMode: Indexed
  completions: ${array.tasks}
  parallelism: ${Math.min(parallelism, array.tasks)}
  backoffLimit: ${array.tasks * RESTARTS}
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: sparsest
          image: ${text(image)}
          workingDir: ${text(array.directory)}
          # Kubernetes sets JOB_COMPLETION_INDEX.
          command: ["sh", "-c"]
          args:
            - ${text(line)}
          resources:
            requests: { cpu: ${text(`${array.cpus}`)}${memory === null ? '' : `, memory: ${text(memory)}`} }
          volumeMounts:
            - { name: work, mountPath: ${text(array.directory)} }
      volumes:
        - name: work
          persistentVolumeClaim: { claimName: ${text(claim)} }
`;
}

/** A text as YAML takes it: JSON is YAML. */
function text(value: string): string {
  return JSON.stringify(value);
}
