# SPDX-License-Identifier: GPL-2.0-or-later
# Prints "task PID PPID TASK COMM" of each process of a Linux core, by gdb.
set pagination off
set $head = &init_task.tasks
set $at = $head->next
set $offset = (unsigned long) &((struct task_struct *) 0)->tasks
set $left = 100000
while $at != $head && $left
  set $task = (struct task_struct *) ((char *) $at - $offset)
  printf "task %d %d %lx %s\n", $task->pid, $task->real_parent->tgid, $task, $task->comm
  set $at = $at->next
  set $left = $left - 1
end
