#!/bin/sh
# Stands in for logstat on the executors of a test. It runs the program $LOGSTAT, and after the output is written
# causes each accident once: a failed task, a killed executor while splits are counted, and one while states are merged.
# OCCURRED is a directory with an entry for each accident that has occurred.
LOGSTAT='@LOGSTAT@'
OCCURRED='@OCCURRED@'

first() { mkdir "$OCCURRED/$1" 2>/dev/null; }

kill_executor() {
    process=$PPID
    until [ "$(cat "/proc/$process/comm")" = java ]; do
        process=$(awk '$1 == "PPid:" { print $2 }' "/proc/$process/status")
    done
    kill -KILL "$process"
}

"$LOGSTAT" "$@"
code=$?
case " $* " in
*" --range @FAILED@:"*) first failed-task && exit 1 ;;
*" --range @KILLED@:"*) first executor-killed-while-counting && kill_executor ;;
*" --save - -- "*.state*) first executor-killed-while-merging && kill_executor ;;
esac
exit $code
