package story

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// company sets up sites, sensor groups and endpoints.
func (t *teller) company() {
	s := t.story
	s.Sites = []*Site{{1, "Default Site"}, {2, "Rotterdam"}}
	for i, name := range []string{"Default Group", "Workstations", "Servers", "Domain Controllers", "Linux", "Macs"} {
		s.Groups = append(s.Groups, &Group{ID: i + 1, Name: name, Site: s.Sites[0]})
	}
	s.Groups[5].Site = s.Sites[1]
	for i, line := range strings.Split(strings.TrimSpace(roster), "\n") {
		f := strings.Fields(line)
		e := t.endpoint(i+1, f[0], f[1], f[2])
		if f[3] != "-" {
			e.User = f[3]
		}
		s.Endpoints = append(s.Endpoints, e)
		s.endpoints[e.ID] = e
	}
}

// roster lists the endpoints in the order of their registration: name, system, group, user.
const roster = `
DC01            win2012  domain   -
SRV-FILE01      win2012  server   -
WIN-IA9NQ1GN8OI win2012  default  bit9rad
DC02            win2012  domain   -
SRV-SQL01       win2012  server   -
SRV-EXCH01      win2012  server   -
SRV-WEB01       win2012  server   -
SRV-BACKUP01    win2012  server   -
SRV-PRINT01     win2012  server   -
SRV-WSUS01      win2012  server   -
WS-FIN-01       win7     work     apetrov
WS-FIN-02       win7     work     lchan
WS-FIN-03       win7     work     dokafor
WS-FIN-04       win7     work     mwebb
WS-FIN-05       win7     work     srossi
WS-FIN-06       win10    work     jnovak
WS-HR-01        win7     work     kbaker
WS-HR-02        win7     work     tmeyer
WS-HR-03        win10    work     fsantos
WS-HR-04        win10    work     iwolff
WS-ENG-01       win10    work     rkumar
WS-ENG-02       win10    work     ehansen
WS-ENG-03       win10    work     pdubois
WS-ENG-04       win7     work     ysato
WS-ENG-05       win7     work     bgreen
WS-ENG-06       win7     work     cmoreau
WS-ENG-07       win10    work     zkaya
WS-ENG-08       win7     work     hlind
WS-SAL-01       win7     work     nsingh
WS-SAL-02       win7     work     owilson
WS-SAL-03       win7     work     vpopov
WS-SAL-04       win10    work     gferrari
WS-SAL-05       win7     work     qzhang
WS-SAL-06       win7     work     ujensen
WS-IT-01        win10    work     adm-jcole
WS-IT-02        win10    work     adm-rbanks
WS-IT-03        win7     work     wvisser
WS-LEG-01       win7     work     emartin
WS-LEG-02       win10    work     sjones
WS-LAB-01       win7     default  labuser
LNX-WEB01       centos7  linux    -
LNX-WEB02       centos7  linux    -
LNX-DB01        centos7  linux    -
LNX-CI01        centos7  linux    jenkins
LNX-MAIL01      centos7  linux    -
MAC-DES-01      sierra   mac      anna
MAC-DES-02      sierra   mac      hugo
MAC-DES-03      sierra   mac      lea
MAC-EXEC-01     sierra   mac      pvandijk
KIOSK-01        win7     default  kiosk
`

var systems = map[string]string{
	"win7":    "Windows 7 Professional Service Pack 1, 64-bit",
	"win10":   "Windows 10 Enterprise, 64-bit",
	"win2012": "Windows Server 2012 Server Standard, 64-bit",
	"centos7": "CentOS Linux 7.2.1511 (Core), 64-bit",
	"sierra":  "macOS 10.12.1",
}

// endpoint makes one computer; what the roster does not say follows from its name.
func (t *teller) endpoint(id int, name, system, group string) *Endpoint {
	r := newRandom("endpoint " + name)
	groups := map[string]int{"default": 0, "work": 1, "server": 2, "domain": 3, "linux": 4, "mac": 5}
	e := &Endpoint{
		ID: id, Name: name, DNS: strings.ToLower(name) + ".brightwater.example", System: systems[system],
		Group: t.story.Groups[groups[group]], release: releases()[system], Platform: Windows, Role: Workstation,
		Address: netip.AddrFrom4([4]byte{10, 20, byte(groups[group]), byte(20 + id)}),
		MAC:     fmt.Sprintf("00155d%02x%04x", id, r.below(1<<16)),
		SID:     fmt.Sprintf("S-1-5-21-%d-%d-%d", r.between(1e8, 4e9), r.between(1e8, 4e9), r.between(1e8, 4e9)),
		Build:   "005.002.000.60922", Memory: int64(r.between(1, 8)) * 2147483648, Disk: int64(r.between(60, 480)) << 30,
		Health: 100, HealthText: "Healthy", Online: true,
	}
	e.Outside = e.Address
	e.Free = e.Disk / int64(r.between(2, 9))
	switch system {
	case "centos7":
		e.Platform, e.SID = Linux, ""
	case "sierra":
		e.Platform, e.SID = MacOS, ""
	}
	switch group {
	case "server", "linux":
		e.Role = Server
	case "domain":
		e.Role = DomainController
	}
	if group == "work" {
		e.ParityHost = 100 + id
	}
	e.Registered = r.within(at("2016-03-01 08:00:00"), at("2016-10-20 17:00:00"))
	e.Booted = r.within(at("2016-11-06 20:00:00"), at("2016-11-10 07:30:00"))
	if e.Role != Workstation {
		e.Booted = r.within(at("2016-10-24 02:00:00"), at("2016-10-24 05:00:00"))
	}
	e.LastSeen = t.story.Now.Add(-r.span(time.Second, 55*time.Second)).Truncate(time.Microsecond)
	t.special(e, r)
	return e
}

// special is what is particular about some endpoints.
func (t *teller) special(e *Endpoint, r *random) {
	switch e.Name {
	case "WIN-IA9NQ1GN8OI": // not a member of the domain; its boot is in the guide's example
		e.DNS, e.Address = e.Name, netip.MustParseAddr("192.168.215.150")
		e.Outside = e.Address
		e.Role = Server
		e.Booted = at("2016-10-25 14:08:23.374")
		e.Registered = at("2016-10-17 19:21:08.504")
	case "WS-LAB-01", "KIOSK-01":
		e.DNS = e.Name
	case "WS-SAL-05": // a laptop on the road, behind somebody's router
		e.Outside = netip.MustParseAddr("198.51.100.87")
		e.Queued, e.Health, e.HealthText = 1843200, 90, "Backlogged"
	case "MAC-EXEC-01", "WS-LEG-02":
		e.Online, e.Booted, e.LastSeen = false, r.within(day(7, 6, 0), day(7, 7, 30)), r.within(day(9, 19, 0), day(9, 22, 0))
	case "WS-FIN-04":
		e.Health, e.HealthText = 70, "Elevated event loss"
	}
}
