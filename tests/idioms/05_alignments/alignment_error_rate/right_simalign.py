# simalign: four sums.
def alignment_error_rate(examples):
    a_total = s_total = a_and_s = a_and_p = 0
    for a, s, p in examples:
        for link in a:
            a_and_s += link in s
            a_and_p += link in s or link in p
        a_total, s_total = a_total + len(a), s_total + len(s)
    return 1 - (a_and_s + a_and_p) / (a_total + s_total)
