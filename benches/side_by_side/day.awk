# The widely used recipe for logs in the combined format. Added: paths without queries, and rankings of ten rows.
{
    day = substr($4, 2, 11)
    pv[day]++
    if (!seen[day, $1]++) uv[day]++
    if (!met[$1]++) visitors++
    status[$9]++
    split($7, target, "?")
    path[target[1]]++
}
END {
    for (key in pv) print "day", key, pv[key], uv[key]
    for (key in status) print "status", key, status[key], "-"
    for (key in path) print "path", key, path[key], "-" | "sort -k3,3nr -k2,2 | head -n 10"
    print "all", "-", NR, visitors
}
