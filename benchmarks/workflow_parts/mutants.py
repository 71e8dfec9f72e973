"""Command posts with one mistake each, of the kind that people make: exploration must find it."""

import msgspec

from jointsky.decide.desk import Desk
from jointsky.decide.effects import Ask
from jointsky.records.decisions import Cease


class SilenceIsConsent(Desk):
    """It orders when nobody has answered, link or no link."""

    def _may_go_alone(self, proposal, now_s):
        return now_s >= proposal.time_s + 1.0


class MachineAgrees(Desk):
    """The machine gives its word where the crew must."""

    def _word_of_the_rule(self, proposal, now_s):
        return "as always"


class AgreesToEverything(Desk):
    """It agrees though its own order is in force."""

    def _objection(self, proposal, now_s):
        return ""

    def _overtaken(self, proposal):
        return ""

    def _in_the_way(self, target, now_s):
        return ""


class StaysJoined(Desk):
    """It is joined as soon as it hears the other, and stays so when the other has gone alone."""

    def _is_merged(self):
        return self._presence is not None

    def _has_left(self):
        return False


class KeepsBothOrders(Desk):
    """Of two orders on one target, neither is ceased when the two come together again."""

    def _end_conflicts(self, now_s, effects):
        for order in self.book.orders():
            is_own = order.nation == self.nation and not self.book.is_over(order.ref)
            if is_own and now_s < order.until_s and self.book.is_held(order.target):
                self._decide(effects, Cease, now_s, order=order.ref, reason="held")


class ForgetsHolds(Desk):
    """An agreement that comes after a hold still becomes an order."""

    def _in_the_way(self, target, now_s):
        for order in self.book.orders_on(target, now_s):
            return f"{order.ref} is in force"
        return ""


class HoldsAreForLater(Desk):
    """A hold stops what comes, not what is under way."""

    def _end_conflicts(self, now_s, effects):
        pass


class NobodyOrdered(Desk):
    """The order does not say whose it was."""

    def _order(self, effects, proposal, now_s, answer, silent_s):
        nameless = msgspec.structs.replace(proposal, by="")
        super()._order(effects, nameless, now_s, answer, silent_s)


class WaitsForEver(Desk):
    """A proposal without an answer stays open."""

    def _conclude(self, now_s, effects):
        open_by = [one.answer_by_s for one in self.book.open_proposals()]
        super()._conclude(min([now_s, *(by_s - 0.1 for by_s in open_by)]), effects)


class NeverAsks(Desk):
    """The crew is not asked."""

    def _answer_others(self, now_s, effects):
        asked = self._asked
        super()._answer_others(now_s, effects)
        self._asked = asked
        effects[:] = [one for one in effects if not isinstance(one, Ask)]


class TakesUnits(Desk):
    """A unit of the other's moves as soon as this nation says so."""

    def _carries_out(self, order):
        return True


class PledgesForTheCrew(Desk):
    """It takes no answer to a request for a pledge."""

    def _may_go_alone(self, proposal, now_s):
        return proposal.action == "reinforce" or super()._may_go_alone(proposal, now_s)
