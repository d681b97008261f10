import sys, os, shutil, time
sys.path.insert(0, os.path.dirname(__file__))
import scenes, calls, judge
B="/work/wt/crash/target/debug/selvedge"
W="/dev/shm/try"
for S in scenes.ALL:
    if len(sys.argv)>1 and S.name not in sys.argv[1:]: continue
    shutil.rmtree(W, ignore_errors=True); os.makedirs(W+"/before")
    p=scenes.Place(B, scenes.Path(W+"/before"))
    t=time.time()
    s=S(); S.base(p); s.prepare(p)
    shutil.copytree(W+"/before", W+"/run")
    g=scenes.Place(B, scenes.Path(W+"/run"))
    t1=time.time()
    c,code,out,err=calls.trace([B,*s.words(g)], W+"/run", W+"/log", stdin=scenes.PHRASE+"\n", extra=s.extra)
    t2=time.time()
    ch=calls.changes(c, W+"/run")
    print(S.name, "code",code, "calls", len(ch), "threads", {x.thread for x in ch}, "syncs", sum(x.name in calls.SYNCS for x in ch), "untargeted", sum(calls.target(x) is None for x in ch), "elsewhere", [str(x) for x in calls.elsewhere(c, W+"/run")][:3], f"prep {t1-t:.1f} run {t2-t1:.1f}")
    if code: print(err[-400:])
    if '-v' in sys.argv:
        for x in ch: print('   ', x.thread, x.nth, x.nth_here, x, x.result)
    try:
        s.learn(p,g)
        t3=time.time()
        print('  judge', s.judge(g, True), f"{time.time()-t3:.1f}")
    except judge.Bad as e: print("  BAD", e)
