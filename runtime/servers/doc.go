// Package servers gives scripts the Carbon Black servers: the names cb, select, create and the models, the modules
// cb/response and so on, and the connections behind them, which are made when a script first asks something.
//
//	pool := servers.New(servers.Config{Open: servers.Search{Credentials: files}.Open})
//	defer pool.Close()
//	rt, err := runtime.New(runtime.Config{Predeclared: pool.Predeclared(), Modules: pool.Modules()})
//
// A script that asks nothing needs no credentials. Each server has one gate, however many connections a script makes.
// The package lists the products that there are, and knows nothing else of them.
package servers
