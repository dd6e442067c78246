// One program for a real control plane on one machine: the first argument names the part to be (`kube-apiserver`,
// `kube-controller-manager`, `kube-scheduler`), the rest are that part's own flags. The API server brings its etcd along in the
// same process, so that a cluster is three processes and a folder.
package main

import (
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

var parts = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
}

func main() {
	if len(os.Args) < 2 || parts[os.Args[1]] == nil {
		fail("usage: kube-control-plane kube-apiserver|kube-controller-manager|kube-scheduler [flags]")
	}
	part := os.Args[1]
	os.Args = os.Args[1:]
	if part == "kube-apiserver" {
		stop := startEtcd(os.Getenv("ETCD_DATA_DIR"), os.Getenv("ETCD_CLIENT_URL"), os.Getenv("ETCD_PEER_URL"))
		code := cli.Run(parts[part]())
		stop()
		os.Exit(code)
	}
	os.Exit(cli.Run(parts[part]()))
}

// startEtcd serves one etcd member on clientURL and returns when it is ready. It does not sync to disk: what is written
// survives the death of the process, not of the machine, which is enough for a cluster made for tests.
func startEtcd(dataDir, clientURL, peerURL string) (stop func()) {
	config := embed.NewConfig()
	config.Dir = dataDir
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	config.QuotaBackendBytes = 2 << 30
	config.ListenClientUrls = []url.URL{parse(clientURL)}
	config.AdvertiseClientUrls = config.ListenClientUrls
	config.ListenPeerUrls = []url.URL{parse(peerURL)}
	config.AdvertisePeerUrls = config.ListenPeerUrls
	config.InitialCluster = config.Name + "=" + peerURL
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		fail("etcd did not start: " + err.Error())
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return etcd.Close
	case err := <-etcd.Err():
		fail("etcd stopped: " + err.Error())
	case <-time.After(30 * time.Second):
		fail("etcd was not ready within 30 s")
	}
	return nil
}

func parse(text string) url.URL {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Host == "" {
		fail("not a URL with a host: " + text)
	}
	return *parsed
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
